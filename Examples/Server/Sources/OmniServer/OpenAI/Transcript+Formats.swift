import Foundation
import Hummingbird
import OmniCore
import OmniWhisper

// A transcript in the forms of OpenAI's interface.
extension Transcript {
    /// The text without the blanks around it.
    var trimmedText: String { text.trimmed }

    /// What a request is answered with.
    func response(to request: TranscriptionRequest) -> Response {
        switch request.format {
        case .json: Response(json: json)
        case .text: Response(text: trimmedText + "\n")
        case .verboseJSON: Response(json: verboseJSON(request.options.task, request.granularities))
        case .srt: Response(text: srt, contentType: "application/x-subrip; charset=utf-8")
        case .vtt: Response(text: vtt, contentType: "text/vtt; charset=utf-8")
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

    /// SubRip: numbered cues, a comma before the milliseconds.
    var srt: String {
        cues.enumerated().map { index, cue in
            "\(index + 1)\n\(cue.start.clock(",")) --> \(cue.end.clock(","))\n\(cue.cueText)\n\n"
        }.joined()
    }

    /// WebVTT.
    var vtt: String {
        "WEBVTT\n\n"
            + cues.map { "\($0.start.clock(".")) --> \($0.end.clock("."))\n\($0.cueText)\n\n" }.joined()
    }

    /// Subtitles: where something is said. A cue is as long as its segment.
    private var cues: [TranscriptSegment] { segments.filter { !$0.text.trimmed.isEmpty } }
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

    /// An arrow would end the times of a cue, and an empty line the cue.
    fileprivate var cueText: String {
        text.trimmed.replacing("-->", with: "->").split(separator: "\n").joined(separator: "\n")
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

extension Double {
    /// Seconds as hours, minutes, seconds and milliseconds.
    fileprivate func clock(_ separator: String) -> String {
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        let milliseconds = Int((Swift.max(self, 0) * 1000).rounded())
        let (seconds, minutes) = (milliseconds / 1000 % 60, milliseconds / 60_000 % 60)
        return "\(digits(milliseconds / 3_600_000, 2)):\(digits(minutes, 2)):\(digits(seconds, 2))\(separator)"
            + digits(milliseconds % 1000, 3)
    }
}
