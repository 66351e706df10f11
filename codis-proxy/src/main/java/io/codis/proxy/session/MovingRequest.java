package io.codis.proxy.session;

import io.codis.proxy.move.Moving;

/** placeholder until written below */
final class MovingRequest extends Moving {

    MovingRequest(Worker worker, Request request) {}
}
