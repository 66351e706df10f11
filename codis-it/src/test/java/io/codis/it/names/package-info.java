/** Servers that are known by host names, whose addresses change or are given to others (safety rule 20). */
package io.codis.it.names;
