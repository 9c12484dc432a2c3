internal import Synchronization

/// Adds up what arrives, and reports it at most ten times a second.
final class ProgressMeter: Sendable {
    typealias Report = @Sendable (HubProgress) -> Void

    private struct State {
        var completed: Int
        var received = 0
        var file = ""
        var lastReport: ContinuousClock.Instant?
        /// What had been received when; the last seconds.
        var history: [(instant: ContinuousClock.Instant, received: Int)] = []
    }

    private static let window = Duration.seconds(5)
    private let total: Int
    private let report: Report?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - completed: bytes that are there already.
    ///   - total: all bytes.
    init(completed: Int, total: Int, report: Report?) {
        self.total = total
        self.report = report
        state = Mutex(State(completed: completed))
    }

    /// Names the file that is coming.
    func begin(_ file: String, now: ContinuousClock.Instant = .now) {
        publish(now: now, isDue: true) { $0.file = file }
    }

    /// Counts bytes from the network.
    func receive(_ byteCount: Int, now: ContinuousClock.Instant = .now) {
        publish(now: now, isDue: false) { state in
            state.completed += byteCount
            state.received += byteCount
        }
    }

    /// Corrects what is there: after a start from the beginning, or when another process has finished a file.
    func adjust(by byteCount: Int, now: ContinuousClock.Instant = .now) {
        guard byteCount != 0 else { return }
        publish(now: now, isDue: true) { $0.completed += byteCount }
    }

    /// The hub asks to wait.
    func wait(_ duration: Duration, now: ContinuousClock.Instant = .now) {
        publish(now: now, isDue: true, requestedWait: duration) { _ in }
    }

    private func publish(
        now: ContinuousClock.Instant, isDue: Bool, requestedWait: Duration? = nil, _ change: (inout State) -> Void
    ) {
        let progress = state.withLock { state -> HubProgress? in
            change(&state)
            let isLast = state.completed >= total
            if !isDue, !isLast, let last = state.lastReport, now - last < .milliseconds(100) { return nil }
            state.lastReport = now
            // Many small files begin within a moment: one entry for each 50 ms is enough.
            if state.history.count > 1, let last = state.history.last, now - last.instant < .milliseconds(50) {
                state.history.removeLast()
            }
            state.history.append((now, state.received))
            if let kept = state.history.lastIndex(where: { now - $0.instant >= Self.window }) {
                state.history.removeFirst(kept)
            }
            return HubProgress(
                completedByteCount: min(state.completed, total), totalByteCount: total,
                bytesPerSecond: Self.speed(state.history), file: state.file, requestedWait: requestedWait)
        }
        if let progress { report?(progress) }
    }

    private static func speed(_ history: [(instant: ContinuousClock.Instant, received: Int)]) -> Double? {
        guard let first = history.first, let last = history.last, last.received > first.received else { return nil }
        let seconds = (last.instant - first.instant) / Duration.seconds(1)
        return seconds >= 0.2 ? Double(last.received - first.received) / seconds : nil
    }
}
