package io.codis.core.command;

/** How the replies to the parts of one command become one reply. An error of any part is the reply of the whole. */
public enum Join {
    /** Not a command of several parts. */
    NONE,
    /** Elements of the parts' arrays, in the order of the keys in the call. */
    ELEMENTS,
    /** The sum of the parts' integers. */
    SUM,
    /** All parts say the same; the first one is passed on. */
    SAME,
    /** For each position the smallest of the parts' integers. */
    LEAST,
    /** One group at a time; the cursor that the client sees also names the group. */
    CURSOR
}
