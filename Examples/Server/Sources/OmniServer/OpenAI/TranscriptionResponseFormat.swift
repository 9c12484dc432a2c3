/// How a transcript is written.
enum TranscriptionResponseFormat: String, CaseIterable {
    case json, text
    case verboseJSON = "verbose_json"
    case srt, vtt
}

/// A piece of a recording, and what is said in it.
struct TranscriptSegment: Hashable {
    let start: Duration
    let end: Duration
    let text: String
    let tokens: [Int32]
}

/// What is said in a recording, piece by piece.
struct Transcript {
    let segments: [TranscriptSegment]
    /// How long the recording is.
    let duration: Duration

    var text: String { segments.map(\.text).filter { !$0.isEmpty }.joined(separator: " ") }

    var json: JSON {
        ["text": .string(text), "usage": ["type": "duration", "seconds": .number(duration.inSeconds)]]
    }

    var verboseJSON: JSON {
        [
            "task": "transcribe", "language": "english", "duration": .number(duration.inSeconds),
            "text": .string(text),
            "segments": .array(
                segments.enumerated().map { index, segment in
                    [
                        "id": .integer(index), "seek": 0, "start": .number(segment.start.inSeconds),
                        "end": .number(segment.end.inSeconds), "text": .string(segment.text),
                        "tokens": .array(segment.tokens.map { .integer(Int($0)) }),
                        "temperature": 0.0, "avg_logprob": 0.0, "compression_ratio": 1.0, "no_speech_prob": 0.0,
                    ]
                }),
        ]
    }

    /// SubRip: numbered cues, a comma before the milliseconds.
    var srt: String {
        cues.enumerated().map { index, cue in
            "\(index + 1)\n\(cue.start.clock(",")) --> \(cue.end.clock(","))\n\(cue.text)\n\n"
        }.joined()
    }

    /// WebVTT.
    var vtt: String {
        "WEBVTT\n\n"
            + cues.map { "\($0.start.clock(".")) --> \($0.end.clock("."))\n\($0.text)\n\n" }.joined()
    }

    /// Subtitles: where something is said. A cue is as long as its piece of the recording, as no closer times are
    /// known.
    private var cues: [TranscriptSegment] { segments.filter { !$0.text.isEmpty } }
}

extension Duration {
    /// Hours, minutes, seconds and milliseconds.
    fileprivate func clock(_ separator: String) -> String {
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        let milliseconds = Int((inSeconds * 1000).rounded())
        let (seconds, minutes) = (milliseconds / 1000 % 60, milliseconds / 60_000 % 60)
        return "\(digits(milliseconds / 3_600_000, 2)):\(digits(minutes, 2)):\(digits(seconds, 2))\(separator)"
            + digits(milliseconds % 1000, 3)
    }
}
