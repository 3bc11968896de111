;; The instructions that Java cannot execute, exported one to one, and the accesses that go with them.
;; The memory is imported, so that host and guests share it; one of fewer pages may be given.
(module
  (import "env" "memory" (memory 0 65536 shared))

  (func (export "wait32") (param $address i32) (param $expected i32) (param $nanos i64) (result i32)
    (memory.atomic.wait32 (local.get $address) (local.get $expected) (local.get $nanos)))

  (func (export "wait64") (param $address i32) (param $expected i64) (param $nanos i64) (result i32)
    (memory.atomic.wait64 (local.get $address) (local.get $expected) (local.get $nanos)))

  (func (export "notify") (param $address i32) (param $count i32) (result i32)
    (memory.atomic.notify (local.get $address) (local.get $count)))

  (func (export "load32") (param $address i32) (result i32)
    (i32.atomic.load (local.get $address)))

  (func (export "store32") (param $address i32) (param $value i32)
    (i32.atomic.store (local.get $address) (local.get $value)))

  (func (export "add32") (param $address i32) (param $value i32) (result i32)
    (i32.atomic.rmw.add (local.get $address) (local.get $value)))

  (func (export "cas32") (param $address i32) (param $expected i32) (param $value i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get $address) (local.get $expected) (local.get $value))))
