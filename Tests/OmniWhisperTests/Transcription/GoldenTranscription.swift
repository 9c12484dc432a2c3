import Foundation
import OmniCore
import OmniTensor
import OmniTokenizer
import TestSupport

@testable import OmniWhisper

/// What openai-whisper gave for the small random model in `Fixtures/whisper/transcription`.
struct GoldenTranscription: Decodable {
    struct Decoding: Decodable {
        var audio: String?
        var options: Options?
        var language: String
        var tokens: [Int]
        var text: String
        var averageLogProbability: Double
        var noSpeechProbability: Double
        var compressionRatio: Double
    }

    struct Batch: Decodable {
        var audio: [String]
        var results: [Decoding]
    }

    struct Logits: Decodable {
        var audio: String
        var tokens: [Int32]
        /// Every 37th of each position.
        var values: [[Float]]
    }

    struct Languages: Decodable {
        var audio: String
        var probabilities: [String: Float]
    }

    struct Transcription: Decodable {
        var audio: String
        var options: Options
        var text: String
        var language: String
        var segments: [Segment]
    }

    struct Segment: Decodable {
        var seek: Int
        var start: Double
        var end: Double
        var text: String
        var tokens: [Int]
        var averageLogProbability: Double
        var noSpeechProbability: Double
        var compressionRatio: Double
        var words: [Word]
    }

    struct Word: Decodable {
        var text: String
        var start: Double
        var end: Double
        var probability: Double
    }

    struct Encoding: Decodable {
        var text: String
        var tokens: [Int]
    }

    /// The keyword arguments of the reference.
    struct Options: Decodable {
        var without_timestamps: Bool?
        var beam_size: Int?
        var patience: Float?
        var length_penalty: Float?
        var task: String?
        var language: String?
        var suppress_tokens: String?
        var prompt: String?
        var prefix: String?
        var suppress_blank: Bool?
        var sample_len: Int?
        var word_timestamps: Bool?
        var condition_on_previous_text: Bool?
        var initial_prompt: String?
        var carry_initial_prompt: Bool?
        var clip_timestamps: String?
        var hallucination_silence_threshold: Double?
        var no_speech_threshold: Float?
        var logprob_threshold: Double?
        /// `max_initial_timestamp` is only ever given as none.
        var hasNoInitialLimit: Bool

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case without_timestamps, beam_size, patience, length_penalty, task, language, suppress_tokens, prompt,
                prefix
            case suppress_blank, sample_len, word_timestamps, condition_on_previous_text, initial_prompt
            case carry_initial_prompt, clip_timestamps, hallucination_silence_threshold, no_speech_threshold
            case logprob_threshold, max_initial_timestamp
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
                try values.decodeIfPresent(Value.self, forKey: key)
            }
            without_timestamps = try value(.without_timestamps)
            beam_size = try value(.beam_size)
            patience = try value(.patience)
            length_penalty = try value(.length_penalty)
            task = try value(.task)
            language = try value(.language)
            suppress_tokens = try value(.suppress_tokens)
            prompt = try value(.prompt)
            prefix = try value(.prefix)
            suppress_blank = try value(.suppress_blank)
            sample_len = try value(.sample_len)
            word_timestamps = try value(.word_timestamps)
            condition_on_previous_text = try value(.condition_on_previous_text)
            initial_prompt = try value(.initial_prompt)
            carry_initial_prompt = try value(.carry_initial_prompt)
            clip_timestamps = try value(.clip_timestamps)
            hallucination_silence_threshold = try value(.hallucination_silence_threshold)
            no_speech_threshold = try value(.no_speech_threshold)
            logprob_threshold = try value(.logprob_threshold)
            hasNoInitialLimit = values.contains(.max_initial_timestamp)
        }

        func decoding(_ vocabulary: WhisperVocabulary) -> DecodingOptions {
            var options = DecodingOptions()
            options.usesTimestamps = !(without_timestamps ?? false)
            options.beamCount = beam_size
            options.patience = patience
            options.lengthPenalty = length_penalty
            options.task = task == "translate" ? .translate : .transcribe
            options.language = language.flatMap { WhisperLanguage($0) }
            options.suppressesNonSpeech = suppress_tokens == nil
            options.prompt = prompt.map { vocabulary.encode(" " + $0).map { TokenID($0) } } ?? []
            options.prefix = prefix.map { vocabulary.encode(" " + $0).map { TokenID($0) } } ?? []
            options.suppressesBlank = suppress_blank ?? true
            options.maximumTokenCount = sample_len
            if hasNoInitialLimit { options.maximumInitialTimestamp = nil }
            return options
        }

        func settings(_ vocabulary: WhisperVocabulary, duration: Double) -> WhisperSettings {
            var settings = WhisperSettings()
            settings.decoding = decoding(vocabulary)
            settings.temperatures = [0]
            settings.hasWordTimes = word_timestamps ?? false
            settings.conditionsOnPreviousText = condition_on_previous_text ?? true
            settings.initialPrompt = initial_prompt
            settings.carriesInitialPrompt = carry_initial_prompt ?? false
            settings.hallucinationSilenceThreshold = hallucination_silence_threshold
            if let threshold = no_speech_threshold { settings.noSpeechThreshold = threshold }
            if let threshold = logprob_threshold { settings.logProbabilityThreshold = threshold }
            if let clip_timestamps {
                var points = clip_timestamps.split(separator: ",").map { Double($0) ?? 0 }
                if points.count % 2 == 1 { points.append(1e6) }
                settings.clips = stride(from: 0, to: points.count, by: 2).map { points[$0]...points[$0 + 1] }
            }
            return settings
        }
    }

    var decodings: [Decoding]
    var batch: Batch
    var logits: Logits
    var languages: Languages
    var transcriptions: [Transcription]
    var encodings: [Encoding]
    var nonSpeechTokens: [Int]

    static let folder = "whisper/transcription/"
    static let stored = Result { try Fixture.json(folder + "golden.json", as: GoldenTranscription.self) }
    static let audioNames = [
        "q_name_16k.wav", "q_weather_16k.wav", "q_short_16k.wav", "chirp_16k.wav", "silence_16k.wav",
    ]

    /// The model on an engine.
    static func model(_ engine: Engine, _ precision: WeightPrecision = .float32) throws -> Whisper {
        try Whisper.load(from: Fixture.url(folder + "small.pt"), engine: engine.value, precision: precision)
    }

    static func vocabulary() throws -> WhisperVocabulary {
        let tokenizer = try ByteLevelBPETokenizer(rankFile: Fixture.url(folder + "small.tiktoken"))
        return try WhisperVocabulary(
            tokenizer, textTokenCount: tokenizer.baseVocabularyCount, vocabularyCount: 1914)
    }

    static func transcriber(_ engine: Engine) throws -> WhisperTranscriber {
        try WhisperTranscriber(model(engine), vocabulary())
    }

    /// A recording, or 70 s of recordings with pauses, by the rule of the generator.
    static func audio(_ name: String) throws -> AudioChunk {
        guard name == "long" else { return try Fixture.audio("audio/" + name) }
        let parts = try audioNames.dropLast().map { try audio($0).samples }
        var samples = [Float](repeating: 0, count: 70 * 16_000)
        var start = 4000
        for index in 0..<1000 {
            let part = parts[index % parts.count]
            guard start + part.count <= samples.count else { break }
            samples.replaceSubrange(start..<start + part.count, with: part)
            start += part.count + 12_345
        }
        return AudioChunk(samples, sampleRate: 16_000)
    }

    /// What the decoder attends to in a recording, encoded on an engine.
    // Inlined into a loop, the span of samples makes Swift 6.3.1 crash.
    @inline(never)
    static func features(_ name: String, _ model: Whisper) throws -> Tensor<Float> {
        let samples = try audio(name).samples
        let mel = try model.encoder.spectrogram(samples.span)
        return model.encoder.encode(mel, keeping: model.encoder.configuration.contextLength)
    }
}
