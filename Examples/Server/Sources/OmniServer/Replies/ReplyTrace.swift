import OmniCore
import OmniPipeline
import Tracing

/// Tells the process' tracer what a reply took, stage by stage, when it is over.
struct ReplyTrace: Sendable {
    private let parent = InstrumentationContext.current ?? .topLevel
    /// When the question came, in nanoseconds since 1970.
    private let start: UInt64

    /// The question came now.
    init() { start = DefaultTracerClock.now.nanosecondsSinceEpoch }

    /// The reply has ended now.
    init(ending metrics: ReplyMetrics) {
        let now = DefaultTracerClock.now.nanosecondsSinceEpoch
        start = now - min(UInt64(max(metrics.totalTime / .nanoseconds(1), 0)), now)
    }

    func record(_ metrics: ReplyMetrics) {
        let reply = startSpan("reply", context: parent, at: instant(.zero))
        reply.attributes["omni.mode"] = metrics.mode.rawValue
        reply.attributes["omni.ending"] = metrics.ending.rawValue
        reply.attributes["omni.prompt_length"] = metrics.promptLength
        reply.attributes["omni.steps"] = metrics.stepCount
        reply.attributes["omni.audio_seconds"] = metrics.audioDuration.inSeconds
        var place = Duration.zero
        for (name, duration) in [
            ("wait", metrics.waitTime), ("resample", metrics.resamplingTime), ("encode", metrics.encodingTime),
            ("prefill", metrics.prefillTime),
        ] where duration > .zero {
            let stage = startSpan(name, context: reply.context, at: instant(place))
            place += duration
            stage.end(at: instant(place))
        }
        generate(metrics, from: place, in: reply.context)
        reply.end(at: instant(metrics.totalTime))
    }

    /// Steps and codec run side by side: one span, and how long each of them took.
    private func generate(_ metrics: ReplyMetrics, from place: Duration, in context: InstrumentationContext) {
        let span = startSpan("generate", context: context, at: instant(place))
        span.attributes["omni.step_seconds"] = metrics.stepTime.inSeconds
        span.attributes["omni.codec_seconds"] = metrics.codecTime.inSeconds
        span.attributes["omni.paused_seconds"] = metrics.pausedTime.inSeconds
        if let time = metrics.timeToFirstText { span.addEvent(SpanEvent(name: "first text", at: instant(time))) }
        if let time = metrics.timeToFirstAudio { span.addEvent(SpanEvent(name: "first audio", at: instant(time))) }
        span.end(at: instant(max(metrics.totalTime, place)))
    }

    private func instant(_ duration: Duration) -> DefaultTracerClock.Timestamp {
        .init(nanosecondsSinceEpoch: start + UInt64(max(duration / .nanoseconds(1), 0)))
    }
}
