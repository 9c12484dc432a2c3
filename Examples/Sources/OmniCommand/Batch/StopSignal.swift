import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT, which then end the process no more.
struct StopSignal {
    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    /// - Parameter onStop: called at each of them.
    init(onStop: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { sign in
            signal(sign, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: sign, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [flag] in
                flag.isSet.withLock { $0 = true }
                onStop()
            }
            source.resume()
        }
    }

    /// Whether one came.
    var isSet: Bool { flag.isSet.withLock { $0 } }
}
