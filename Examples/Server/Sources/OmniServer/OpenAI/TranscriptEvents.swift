import OmniCore
import OmniPipeline

/// A transcript as server-sent events: `transcript.text.delta` while it is made, `transcript.text.done` at its end.
struct TranscriptEvents {
    private var text = ""
    /// Whether the next text belongs to another piece of the recording than the last.
    private var pieceIsNew = false
    private var (inputCount, outputCount) = (0, 0)

    /// The event that an event of a reply leads to, if it leads to one.
    mutating func take(_ event: OmniEvent) -> [UInt8]? {
        switch event {
        case .text(let piece) where !piece.isEmpty:
            let delta = pieceIsNew && !text.isEmpty ? " " + piece : piece
            pieceIsNew = false
            return add(delta)
        case .finished(let metrics):
            inputCount += metrics.promptLength
            outputCount += metrics.stepCount
            return nil
        default: return nil
        }
    }

    mutating func endPiece() { pieceIsNew = true }

    /// The event that the segments of a window lead to, if they lead to one. Their texts have the blanks between them.
    mutating func take(_ segments: [TranscriptSegment]) -> [UInt8]? {
        outputCount += segments.reduce(0) { $0 + $1.tokens.count }
        let piece = segments.map(\.text).joined()
        let delta = text.isEmpty ? String(piece.drop { $0.isWhitespace }) : piece
        return delta.isEmpty ? nil : add(delta)
    }

    /// The end of a transcript, as far as it was not told yet. A transcriber hears a position each 20 ms.
    mutating func take(_ transcript: Transcript) { inputCount += Int((transcript.duration * 50).rounded(.up)) }

    private mutating func add(_ delta: String) -> [UInt8] {
        text += delta
        return Self.bytes(["type": "transcript.text.delta", "delta": .string(delta)])
    }

    func done() -> [UInt8] {
        Self.bytes([
            "type": "transcript.text.done", "text": .string(text),
            "usage": [
                "type": "tokens", "input_tokens": .integer(inputCount), "output_tokens": .integer(outputCount),
                "total_tokens": .integer(inputCount + outputCount),
            ],
        ])
    }

    /// The transcript ends here, for this reason.
    static func failure(_ error: APIError) -> [UInt8] { bytes(["type": "error", "error": error.json]) }

    private static func bytes(_ event: JSON) -> [UInt8] { Array("data: \(event.text)\n\n".utf8) }
}
