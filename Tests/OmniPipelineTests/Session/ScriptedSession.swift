import OmniCore
import OmniPipeline
import OmniTesting

typealias ScriptedPipeline = OmniPipeline<ScriptedEncoder, ScriptedModel, ScriptedCodec, ScriptedTokenizer>

/// A session that plays a script.
func scriptedSession(
    _ model: ScriptedModel, encoder: ScriptedEncoder = ScriptedEncoder(), codec: ScriptedCodec = ScriptedCodec()
) -> OmniSession {
    ScriptedPipeline(encoder: encoder, model: model, codec: codec, tokenizer: ScriptedTokenizer()).makeSession()
}

extension OmniEvent {
    /// An event in short, so that a test can state a whole reply in one line: `(5)` a start with its prompt length, a
    /// letter for text, a number for the first sample of a chunk, `.` `!` `x` for the three endings, `?` a warning.
    var sketch: String {
        switch self {
        case .started(let start): "(\(start.promptLength))"
        case .text(let text): text
        case .audio(let chunk): String(Int(chunk.samples[0]))
        case .warning: "?"
        case .finished(let metrics):
            switch metrics.ending {
            case .completed: "."
            case .reachedLimit: "!"
            case .interrupted: "x"
            }
        }
    }
}

/// All events of a reply in short, one after the other.
func sketch(_ events: AsyncThrowingStream<OmniEvent, any Error>) async throws -> String {
    var text = ""
    for try await event in events { text += event.sketch }
    return text
}

/// Waits until something happens elsewhere; `false` when it has not after ten seconds.
func eventually(_ condition: @Sendable () -> Bool) async throws -> Bool {
    for _ in 0..<10_000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(1))
    }
    return false
}
