import Foundation
import Hummingbird
import OmniCore
import OmniPipeline
import OmniWhisper

// A transcript in the forms of OpenAI's interface.
extension Transcript {
    /// The text without the blanks around it.
    var trimmedText: String { text.trimmed }

    /// What a request is answered with.
    func response(to request: TranscriptionRequest) throws -> Response {
        switch request.format {
        case .json: Response(json: json)
        case .text: Response(text: trimmedText + "\n")
        case .verboseJSON: Response(json: verboseJSON(request.options.task, request.granularities))
        case .srt: Response(text: try subtitles(.subRip), contentType: "application/x-subrip; charset=utf-8")
        case .vtt: Response(text: try subtitles(.webVTT), contentType: "text/vtt; charset=utf-8")
        }
    }

    var json: JSON { ["text": .string(trimmedText), "usage": usage] }

    private var usage: JSON { ["type": "duration", "seconds": .number(duration)] }

    func verboseJSON(_ task: TranscriptionTask, _ granularities: Set<TranscriptionGranularity>) -> JSON {
        // A translation is English, whatever was spoken.
        let spoken = WhisperLanguage(language)?.name ?? language
        var members: [String: JSON] = [
            "task": task == .translate ? "translate" : "transcribe",
            "language": .string(task == .translate ? WhisperLanguage.english.name : spoken),
            "duration": .number(duration), "text": .string(trimmedText), "usage": usage,
        ]
        if granularities.contains(.segment) {
            members["segments"] = .array(segments.enumerated().map { $1.json(id: $0) })
        }
        if granularities.contains(.word) { members["words"] = .array(segments.flatMap(\.words).map(\.json)) }
        return .object(members)
    }

    /// Subtitles as the interface has them: each as long as its segment, hours always, none without text.
    func subtitles(_ format: TranscriptFormat) throws -> String {
        var transcript = self
        transcript.segments = segments.filter { !$0.text.trimmed.isEmpty }
        for index in transcript.segments.indices { transcript.segments[index].words = [] }
        return try format.render(transcript, alwaysIncludesHours: true)
    }
}

extension TranscriptSegment {
    fileprivate func json(id: Int) -> JSON {
        [
            "id": .integer(id), "seek": .integer(seek), "start": .number(start), "end": .number(end),
            "text": .string(text), "tokens": .array(tokens.map { .integer(Int($0.rawValue)) }),
            // In the decimals of single precision: 0.2 and not 0.20000000298.
            "temperature": .number(Double("\(temperature)") ?? Double(temperature)),
            "avg_logprob": .number(averageLogProbability), "compression_ratio": .number(compressionRatio),
            "no_speech_prob": .number(Double(noSpeechProbability)),
        ]
    }
}

extension TranscriptWord {
    fileprivate var json: JSON {
        ["word": .string(text.trimmed), "start": .number(start), "end": .number(end)]
    }
}

extension String {
    /// Without the blanks around it.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
