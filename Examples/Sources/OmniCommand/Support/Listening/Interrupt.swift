import Dispatch
import Foundation
import OmniTensor

/// Control-C as a wish to end in good order; a second one ends at once.
struct Interrupt {
    private let source: any DispatchSourceSignal

    init(_ action: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler {
            // First, so that an action that does not come to its end can be interrupted.
            ProcessFaults.restoreHandler(of: SIGINT)
            action()
        }
        source.resume()
    }

    func end() {
        source.cancel()
        ProcessFaults.restoreHandler(of: SIGINT)
    }
}
