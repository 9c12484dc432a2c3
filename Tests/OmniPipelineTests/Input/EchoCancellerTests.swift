import Foundation
import OmniCore
import OmniPipeline
import OmniTesting
import OmniVAD
import TestSupport
import Testing

/// A synthetic voice, leaking into the microphone.
@Suite struct EchoCancellerTests {
    private static let rate = 16_000
    private static let window = 512

    /// What a model once said to two questions, and a question, both at 16 kHz.
    private struct Voices {
        let reply: [Float]
        let question: [Float]
        let detector: SileroVAD
    }

    private static let voices = Task {
        let examples = Fixture.examples
        let reply = try AudioChunk(contentsOfWAV: Fixture.url("audio/reply_24k.wav")).resampled(to: rate)
        let question = try AudioChunk(
            contentsOfWAV: examples.appending(path: "Audio/what-is-the-weather-like-today.wav"))
        let file = try #require(ModelDirectory(examples.appending(path: "Models/nano")).voiceActivity)
        return Voices(
            reply: reply.samples, question: try question.resampled(to: rate).samples,
            detector: try SileroVAD.load(from: file))
    }

    /// What a microphone hears of a recording.
    private func leak(
        _ played: [Float], decibels: Int, delay: Int, room: Bool, noise level: Float = 0.001
    ) -> [Float] {
        let gain = Float(pow(10, Double(decibels) / 20))
        var noise = Noise(seed: 5)
        var heard = noise.floats(played.count, scale: level)
        let taps = room ? [(0, 1 as Float), (37, -0.4), (93, 0.25), (201, 0.15)] : [(0, 1)]
        for (offset, factor) in taps {
            for index in max(delay + offset, 0)..<played.count {
                heard[index] += gain * factor * played[index - delay - offset]
            }
        }
        return heard
    }

    /// What a conversation does in the middle of a reply, with its default settings.
    private func actions(
        _ heard: [Float], played: [Float], _ voices: Voices,
        canceller: EchoCanceller? = EchoCanceller(EchoSettings(), sampleRate: rate)
    ) -> [TurnAction] {
        var canceller = canceller
        var state = voices.detector.makeState()
        var machine = TurnMachine(TurnSettings(), windowSampleCount: Self.window, sampleRate: Self.rate)
        var actions = machine.replyStarted()
        for start in stride(from: 0, to: heard.count - Self.window + 1, by: Self.window) {
            var window = Array(heard[start..<start + Self.window])
            var isEcho = false
            if let output = canceller?.push(window, played: Array(played[start..<start + Self.window])) {
                (window, isEcho) = (output.samples, output.isEcho)
            }
            let probability = voices.detector.speechProbability(in: window.span, state: &state)
            actions += machine.push(isEcho ? 0 : probability)
        }
        return actions
    }

    /// Where speech began that stopped the reply.
    private func interruptions(_ actions: [TurnAction]) -> [Int] {
        actions.compactMap { if case .interruptReply(let sample) = $0 { sample } else { nil } }
    }

    /// With the buffers of a sound card, and with those of a browser and a wireless loudspeaker.
    @Test(arguments: [-6, -12, -20], [1800, 4800])
    func theReplyDoesNotInterruptItself(decibels: Int, delay: Int) async throws {
        let voices = try await Self.voices.value
        for room in [false, true] {
            let heard = leak(voices.reply, decibels: decibels, delay: delay, room: room)
            // Without the canceller it would: it is speech, after all.
            #expect(!interruptions(actions(heard, played: voices.reply, voices, canceller: nil)).isEmpty)
            // With it the reply goes on, and pauses while the way of its audio is found: once, or twice where the first
            // word is over before it comes back.
            let found = actions(heard, played: voices.reply, voices)
            #expect(interruptions(found).isEmpty)
            #expect(found.count { if case .pauseReply = $0 { true } else { false } } <= (delay > 1800 ? 2 : 1))
        }
    }

    /// How much later a question over the reply stops it than it would without any echo; `nil` when it does not.
    private func delay(ofASpeakerAt start: Int, decibels: Int, _ voices: Voices) -> Int? {
        var heard = leak(voices.reply, decibels: decibels, delay: 1800, room: true)
        for (index, sample) in voices.question.prefix(heard.count - start).enumerated() {
            heard[start + index] += sample
        }
        let silence = Array(repeating: Float.zero, count: start)
        let alone = interruptions(
            actions(silence + voices.question, played: silence + voices.question.map { _ in 0 }, voices))
        let found = interruptions(actions(heard, played: voices.reply, voices))
        guard alone.count == 1, found.count == 1, found[0] >= start - Self.window else { return nil }
        return found[0] - alone[0]
    }

    @Test(arguments: [-6, -12, -20]) func aSpeakerIsHeardThroughIt(decibels: Int) async throws {
        let voices = try await Self.voices.value
        let start = voices.reply.count / 2 / Self.window * Self.window
        // No later than a fifth of a second.
        let found = try #require(delay(ofASpeakerAt: start, decibels: decibels, voices))
        #expect(found <= Self.rate / 5)
    }

    /// A reply that is nearly as loud as the speaker: at most places the speaker is heard as soon as beside a soft one.
    @Test func aSpeakerIsHeardThroughALoudReply() async throws {
        let voices = try await Self.voices.value
        let lateCount = (2...10).count { place in
            let start = voices.reply.count * place / 14 / Self.window * Self.window
            return delay(ofASpeakerAt: start, decibels: -3, voices).map { $0 > Self.rate / 5 } ?? true
        }
        #expect(lateCount <= 3)
    }

    @Test func whatIsHeardIsUntouchedWhereNothingPlays() {
        var canceller = EchoCanceller(EchoSettings(), sampleRate: Self.rate)
        var noise = Noise(seed: 9)
        for _ in 0..<100 {
            let window = noise.floats(Self.window, scale: 0.3)
            let output = canceller.push(window, played: Array(repeating: 0, count: Self.window))
            #expect(output.samples == window && !output.isEcho)
        }
    }

    /// The player's way changes: another delay is found.
    @Test func anotherDelayIsFound() async throws {
        let voices = try await Self.voices.value
        let count = voices.reply.count / Self.window * Self.window
        let half = count / 2
        let near = leak(voices.reply, decibels: -6, delay: 800, room: false)
        let far = leak(voices.reply, decibels: -6, delay: 4000, room: false)
        let heard = Array(near[..<half]) + Array(far[half..<count])
        #expect(interruptions(actions(heard, played: voices.reply, voices)).isEmpty)
    }
}
