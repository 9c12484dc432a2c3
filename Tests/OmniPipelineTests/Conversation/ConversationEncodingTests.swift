import OmniCore
import OmniPipeline
import OmniTesting
import Synchronization
import Testing

/// What the encoder computes when: while the question is spoken, and once.
@Suite(.timeLimit(.minutes(5))) struct ConversationEncodingTests {
    /// Counts what is asked of it. Features are the utterance itself.
    private final class CountingEncoder: SpeechEncoder {
        let inputSampleRate = 16_000
        let maximumSampleCount = 480_000
        private let counts = Mutex((samples: 0, encodings: 0))

        var pushedCount: Int { counts.withLock { $0.samples } }
        var encodingCount: Int { counts.withLock { $0.encodings } }

        func encode(_ utterance: AudioChunk) -> AudioChunk { utterance }
        func makeStream() -> Stream { Stream(encoder: self) }

        struct Stream: SpeechEncoderStream {
            let encoder: CountingEncoder
            var samples: [Float] = []

            mutating func push(_ samples: Span<Float>) {
                for index in 0..<samples.count { self.samples.append(samples[index]) }
                let count = samples.count
                encoder.counts.withLock { $0.samples += count }
            }

            consuming func finish() -> AudioChunk {
                encoder.counts.withLock { $0.encodings += 1 }
                return AudioChunk(samples, sampleRate: 16_000)
            }
        }
    }

    private func converse(
        _ encoder: CountingEncoder, change: (inout ConversationOptions) -> Void
    ) -> (scripted: ScriptedConversation, conversation: Conversation) {
        let scripted = ScriptedConversation("ab") {
            $0.pace = .real; $0.playback = .immediate; $0.transcribes = true
            change(&$0)
        }
        let pipeline = OmniPipeline(
            encoder: encoder, model: scripted.model, codec: scripted.codec, tokenizer: ScriptedTokenizer())
        return (scripted, pipeline.makeSession().converse(scripted.options))
    }

    /// A question that is answered and transcribed, in turns that are found and in turns that a caller ends.
    @Test(arguments: [true, false]) func aQuestionIsEncodedOnce(findsTurns: Bool) async throws {
        let encoder = CountingEncoder()
        let (scripted, conversation) = converse(encoder) { if !findsTurns { $0.turns = nil } }
        await conversation.push(AudioChunk(ScriptedConversation.audio("SSS"), sampleRate: 16_000))
        // In the middle of the turn.
        #expect(encoder.pushedCount > 0 && encoder.encodingCount == 0)
        await conversation.push(AudioChunk(ScriptedConversation.audio("...."), sampleRate: 16_000))
        if !findsTurns { conversation.commit() }
        await conversation.finish()
        let text = try await sketch(conversation)
        #expect(text.contains("(5)ab1") && text.contains("\"ab\"") && text.hasSuffix(";"), "\(text)")
        #expect(encoder.encodingCount == 1)
        #expect(Set(scripted.model.asked.map(\.mode)) == [.speechToSpeechBatch, .transcription])
    }
}
