/** Client libraries at a proxy, with the settings that they come with. */
@NullMarked
package io.codis.it.client;

import org.jspecify.annotations.NullMarked;
