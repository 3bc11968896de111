package io.futex.bench.experiment;

/// What is done over and over.
interface Call {
    void run() throws Exception;
}
