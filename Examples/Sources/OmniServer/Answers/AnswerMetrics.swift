import Metrics
import OmniCore
import OmniPipeline
import Tracing

/// What answers cost, as metrics and as spans, one for each stage.
enum AnswerMetrics {
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
        trace(metrics)
    }

    /// Spans after the fact: the stages' lengths are known when the reply is over.
    private static func trace(_ metrics: ReplyMetrics) {
        let end = DefaultTracerClock.now.nanosecondsSinceEpoch
        let start = end - nanoseconds(metrics.totalTime)
        let reply = startSpan("reply", at: Instant(start))
        reply.attributes["omni.mode"] = metrics.mode.rawValue
        reply.attributes["omni.ending"] = metrics.ending.rawValue
        reply.attributes["omni.steps"] = metrics.stepCount
        var place = start
        for (name, duration) in [
            ("wait", metrics.waitTime), ("resample", metrics.resamplingTime), ("encode", metrics.encodingTime),
            ("prefill", metrics.prefillTime), ("steps", metrics.stepTime), ("codec", metrics.codecTime),
            ("paused", metrics.pausedTime),
        ] where duration > .zero {
            let span = startSpan(name, at: Instant(place), context: reply.context)
            place += nanoseconds(duration)
            span.end(at: Instant(place))
        }
        reply.end(at: Instant(end))
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(duration / .nanoseconds(1), 0)) }

    private struct Instant: TracerInstant {
        let nanosecondsSinceEpoch: UInt64

        init(_ nanoseconds: UInt64) { nanosecondsSinceEpoch = nanoseconds }

        static func < (a: Instant, b: Instant) -> Bool { a.nanosecondsSinceEpoch < b.nanosecondsSinceEpoch }
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
