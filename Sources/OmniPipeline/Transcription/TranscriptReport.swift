import Foundation
public import OmniCore

/// A transcript under the names of openai-whisper, which the OpenAI interface calls `verbose_json`.
public struct TranscriptReport: Encodable, Sendable {
    private let text: String
    private let segments: [Segment]
    private let language: String

    private struct Segment: Encodable, Sendable {
        let id: Int
        let seek: Int
        let start: Double
        let end: Double
        let text: String
        let tokens: [Int32]
        let temperature: Double
        let averageLogProbability: Double
        let compressionRatio: Double
        let noSpeechProbability: Double
        let words: [Word]?

        enum CodingKeys: String, CodingKey {
            case id, seek, start, end, text, tokens, temperature, words
            case averageLogProbability = "avg_logprob"
            case compressionRatio = "compression_ratio"
            case noSpeechProbability = "no_speech_prob"
        }
    }

    private struct Word: Encodable, Sendable {
        let word: String
        let start: Double
        let end: Double
        let probability: Double
    }

    /// Takes what a transcript holds; words only if there are any.
    public init(_ transcript: Transcript) {
        text = transcript.text
        language = transcript.language
        let hasWords = transcript.segments.contains { !$0.words.isEmpty }
        segments = transcript.segments.enumerated().map { index, segment in
            Segment(
                id: index, seek: segment.seek, start: segment.start, end: segment.end, text: segment.text,
                tokens: segment.tokens.map(\.rawValue),
                // In the decimals of single precision: 0.2 and not 0.20000000298.
                temperature: Double("\(segment.temperature)") ?? Double(segment.temperature),
                averageLogProbability: segment.averageLogProbability, compressionRatio: segment.compressionRatio,
                noSpeechProbability: Double(segment.noSpeechProbability),
                words: hasWords
                    ? segment.words.map {
                        Word(word: $0.text, start: $0.start, end: $0.end, probability: $0.probability)
                    }
                    : nil)
        }
    }
}
