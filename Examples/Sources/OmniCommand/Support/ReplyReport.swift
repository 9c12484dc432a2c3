import OmniCore
import OmniPipeline

/// Everything that is known of a reply, as JSON.
struct ReplyReport: Encodable {
    let text: String
    let tokens: [[Int32]]
    let promptLength: Int
    let stepCount: Int
    let ending: String
    let warnings: [String]
    let audio: AudioFacts?
    let timings: Timings

    /// Seconds.
    struct Timings: Encodable {
        let load: Double?
        let resampling: Double
        let encoding: Double
        let prefill: Double
        let steps: Double
        let codec: Double
        let timeToFirstText: Double?
        let timeToFirstAudio: Double?
        let total: Double
        /// Time at work over the audio made; below 1 is faster than real time.
        let realTimeFactor: Double?
    }

    init(_ reply: Reply, loadDurations: LoadDurations?) {
        let metrics = reply.metrics
        text = reply.text
        tokens = reply.tokens
        promptLength = metrics.promptLength
        stepCount = metrics.stepCount
        ending = metrics.ending.rawValue
        warnings = reply.warnings.map(\.description)
        audio = reply.audio.map { AudioFacts(sampleRate: $0.sampleRate, sampleCount: $0.samples.count) }
        timings = Timings(
            load: loadDurations?.total.seconds, resampling: metrics.resamplingTime.seconds,
            encoding: metrics.encodingTime.seconds, prefill: metrics.prefillTime.seconds,
            steps: metrics.stepTime.seconds, codec: metrics.codecTime.seconds,
            timeToFirstText: metrics.timeToFirstText?.seconds, timeToFirstAudio: metrics.timeToFirstAudio?.seconds,
            total: metrics.totalTime.seconds, realTimeFactor: metrics.realTimeFactor)
    }
}

extension Duration {
    /// The same span in seconds.
    var seconds: Double { self / .seconds(1) }
}
