package io.codis.proxy.move;

/** placeholder */
public abstract class Moving {}
