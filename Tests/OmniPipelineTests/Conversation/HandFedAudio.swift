import OmniCore
import OmniPipeline
import OmniTesting

/// A microphone that hears what a test says, when it says so.
final class HandFedAudio: Sendable {
    let audio: AsyncStream<AudioChunk>
    private let microphone: AsyncStream<AudioChunk>.Continuation

    init() { (audio, microphone) = AsyncStream.makeStream(of: AudioChunk.self, bufferingPolicy: .unbounded) }

    /// A chunk for each window of a line, as ``ScriptedConversation/audio(_:)`` reads it.
    func say(_ line: String) {
        for symbol in line {
            microphone.yield(AudioChunk(ScriptedConversation.audio(String(symbol)), sampleRate: 16_000))
        }
    }

    func hangUp() { microphone.finish() }
}

/// The events of a conversation, one after the other.
struct EventTaker {
    private var iterator: Conversation.AsyncIterator

    init(_ conversation: Conversation) { iterator = conversation.makeAsyncIterator() }

    /// The next events in short, until all windows of audio so far have been reported, and then up to the next report.
    mutating func take(windows count: Int) async throws -> String {
        var text = ""
        for _ in 0..<count {
            while let event = try await iterator.next() {
                if case .window = event { break }
                text += event.sketch
            }
        }
        return text
    }

    /// Takes events to the end of the conversation.
    mutating func takeAll() async throws { while try await iterator.next() != nil {} }

    /// The next `count` events in short, windows left out.
    mutating func take(events count: Int) async throws -> String {
        var text = ""
        for _ in 0..<count {
            while let event = try await iterator.next() {
                if case .window = event { continue }
                text += event.sketch
                break
            }
        }
        return text
    }
}
