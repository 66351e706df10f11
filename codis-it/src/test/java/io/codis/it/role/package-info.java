/** Roles of real servers: launchers as processes, the dashboard's own classes in the test. */
package io.codis.it.role;
