// Whether the thread sanitizer knows what a Mutex is: two threads count under one, which is no race, and with the
// argument "race" in the end beside it as well, which is one.
import Foundation
import Synchronization

final class Counter: @unchecked Sendable {
    let guarded = Mutex(0)
    var open = 0
}

let counter = Counter()
let races = CommandLine.arguments.contains("race")
let (counted, leaves) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
for _ in 0..<2 {
    Thread {
        for _ in 0..<200_000 { counter.guarded.withLock { $0 += 1 } }
        if races { counter.open += 1 }
        counted.signal()
        // What a thread that has ended did is forgotten.
        leaves.wait()
    }.start()
}
for _ in 0..<2 { counted.wait() }
for _ in 0..<2 { leaves.signal() }
