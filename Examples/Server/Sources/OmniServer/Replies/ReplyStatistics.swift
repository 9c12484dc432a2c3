import Metrics
import OmniCore
import OmniPipeline

/// What answers cost, as metrics.
enum ReplyStatistics {
    /// - Parameter outcome: what became of a reply that was prepared ahead.
    static func countPrepared(_ outcome: String) {
        Counter(label: "omni_replies_prepared_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func record(_ metrics: ReplyMetrics) {
        Counter(
            label: "omni_replies_total",
            dimensions: [("mode", metrics.mode.rawValue), ("ending", metrics.ending.rawValue)]
        ).increment()
        Counter(label: "omni_steps_total").increment(by: metrics.stepCount)
        if let time = metrics.timeToFirstAudio {
            Timer(label: "omni_time_to_first_audio_seconds").recordSeconds(time.inSeconds)
        }
        if let time = metrics.timeToFirstText {
            Timer(label: "omni_time_to_first_text_seconds").recordSeconds(time.inSeconds)
        }
        Timer(label: "omni_encoding_seconds").recordSeconds(metrics.encodingTime.inSeconds)
        Timer(label: "omni_prefill_seconds").recordSeconds(metrics.prefillTime.inSeconds)
        Timer(label: "omni_reply_seconds").recordSeconds(metrics.totalTime.inSeconds)
        FloatingPointCounter(label: "omni_audio_seconds_total").increment(by: metrics.audioDuration.inSeconds)
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
