import Metrics
import OmniCore
import OmniPipeline
import Synchronization

/// What answers cost, as metrics.
enum ReplyStatistics {
    /// - Parameter outcome: what became of a reply that was prepared ahead.
    static func countPrepared(_ outcome: String) {
        Counter(label: "omni_replies_prepared_total", dimensions: [("outcome", outcome)]).increment()
    }

    /// Counts a reply that was not made to its end, because its client has left.
    static func countAbandoned(_ mode: ReplyMode, in factory: any MetricsFactory = MetricsSystem.factory) {
        count(mode, ending: "abandoned", in: factory)
    }

    private static func count(_ mode: ReplyMode, ending: String, in factory: any MetricsFactory) {
        Counter(
            label: "omni_replies_total", dimensions: [("mode", mode.rawValue), ("ending", ending)], factory: factory
        ).increment()
    }

    static func record(_ metrics: ReplyMetrics, in factory: any MetricsFactory = MetricsSystem.factory) {
        func time(_ name: String, _ duration: Duration?) {
            if let duration { Timer(label: name, factory: factory).recordSeconds(duration.inSeconds) }
        }
        count(metrics.mode, ending: metrics.ending.rawValue, in: factory)
        Counter(label: "omni_steps_total", factory: factory).increment(by: metrics.stepCount)
        time("omni_time_to_first_audio_seconds", metrics.timeToFirstAudio)
        time("omni_time_to_first_text_seconds", metrics.timeToFirstText)
        // A reply that was stopped early has neither.
        if metrics.encodingTime > .zero { time("omni_encoding_seconds", metrics.encodingTime) }
        if metrics.prefillTime > .zero { time("omni_prefill_seconds", metrics.prefillTime) }
        time("omni_reply_seconds", metrics.totalTime)
        FloatingPointCounter(label: "omni_audio_seconds_total", factory: factory)
            .increment(by: metrics.audioDuration.inSeconds)
    }
}

/// A reply that is not over. When it is let go before, its client has left.
final class UnfinishedReply: Sendable {
    private let mode: ReplyMode
    private let factory: any MetricsFactory
    private let isOver = Atomic(false)

    init(_ mode: ReplyMode, in factory: any MetricsFactory = MetricsSystem.factory) {
        (self.mode, self.factory) = (mode, factory)
    }

    deinit {
        if !isOver.load(ordering: .acquiring) { ReplyStatistics.countAbandoned(mode, in: factory) }
    }

    /// The reply was made to its end, or could not be made.
    func end() { isOver.store(true, ordering: .releasing) }

    /// The reply ended with an error. A task is cancelled where its client has left.
    func end(_ error: any Error) {
        if !(error is CancellationError) { end() }
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
