package io.codis.proxy.session;

import io.codis.proxy.move.Moving;

/** placeholder until written below */
final class MovingPart extends Moving {

    MovingPart(Worker worker, Part part) {}
}
