/// Several processes over one mapped file, and processes watched from outside.
package io.futex.process;
