/// What the adapters share. Nothing here is for users.
@org.jspecify.annotations.NullMarked
package io.futex.adapters;
