// Whether the thread sanitizer knows what a Mutex is: two threads count under one, which is no race, and with the argument
// "race" beside it as well, which is one.
import Foundation
import Synchronization

final class Counter: @unchecked Sendable {
    let guarded = Mutex(0)
    var open = 0
}

let counter = Counter()
let races = CommandLine.arguments.contains("race")
DispatchQueue.concurrentPerform(iterations: 2) { _ in
    for round in 0..<200_000 {
        counter.guarded.withLock { $0 += 1 }
        if races, round % 100 == 0 { counter.open += 1 }
    }
}
precondition(counter.guarded.withLock { $0 } == 400_000)
