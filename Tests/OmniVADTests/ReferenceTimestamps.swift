import Foundation
import OmniVAD
import TestSupport

/// The reference's options, as the fixtures spell them.
struct ReferenceOptions: Decodable {
    var threshold, neg_threshold, max_speech_duration_s: Double?
    var min_speech_duration_ms, min_silence_duration_ms, speech_pad_ms, window_size_samples, sampling_rate: Int?
    var use_max_poss_sil_at_max_speech, return_seconds: Bool?
    var time_resolution: Int?

    /// The same options over some defaults.
    func over(_ defaults: SpeechTimestampOptions) -> SpeechTimestampOptions {
        var options = defaults
        options.threshold = threshold ?? options.threshold
        options.negativeThreshold = neg_threshold ?? options.negativeThreshold
        options.minimumSpeech = min_speech_duration_ms.map { .milliseconds($0) } ?? options.minimumSpeech
        options.minimumSilence = min_silence_duration_ms.map { .milliseconds($0) } ?? options.minimumSilence
        options.padding = speech_pad_ms.map { .milliseconds($0) } ?? options.padding
        options.maximumSpeech = max_speech_duration_s.map { .milliseconds(Int($0 * 1000)) } ?? options.maximumSpeech
        if use_max_poss_sil_at_max_speech == false { options.cut = .latestSilence }
        return options
    }
}

/// A segment in samples, or in seconds.
struct ReferenceSegment: Decodable, Hashable {
    var start, end: Double

    var segment: SpeechSegment { SpeechSegment(Int(start)..<Int(end)) }
}

/// `vad.json`.
struct ReferenceTimestamps: Decodable {
    struct Case: Decodable {
        var options: ReferenceOptions
        var timestamps: [ReferenceSegment]
        var collected_samples: Int?
        var collected_sum, collected_abs_sum: Double?
        var map: Map?

        var segments: [SpeechSegment] { timestamps.map(\.segment) }
    }
    struct Map: Decodable {
        var chunk_end_sample: [Int]
        var total_silence_before: [Double]
        var queries: [Query]
    }
    struct Query: Decodable {
        var t, original: Double
        var chunk: Int
    }
    struct Prefix: Decodable {
        var n: Int
        var timestamps: [ReferenceSegment]
    }
    struct Event: Decodable {
        var window: Int
        var start, end: Int?
    }
    var mini_omni_20s, silero_v6_20s: [Case]
    var mini_omni_default_on_prefixes: [Prefix]
    var silero_v6_VADIterator: [Event]

    static func read() throws -> ReferenceTimestamps { try Fixture.json("vad/vad.json") }
}
