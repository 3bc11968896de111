;; Data segments over a memory that others use too: one written at each instantiation, one on demand.
(module
  (import "env" "memory" (memory 1 65536 shared))
  (data (i32.const 80000) "active")
  (data $passive "passive")

  (func (export "init") (param $to i32) (param $from i32) (param $size i32)
    (memory.init $passive (local.get $to) (local.get $from) (local.get $size)))
  (func (export "drop")
    (data.drop $passive)))
