package io.codis.proxy.session;

import io.codis.proxy.engine.RequestScanner;

/** placeholder until written below */
final class Scan {

    Scan(Worker worker) {}

    void begin(Request request, byte[] bytes, RequestScanner call) {
        request.fail("ERR handle request, command 'SCAN' is not allowed");
    }
}
