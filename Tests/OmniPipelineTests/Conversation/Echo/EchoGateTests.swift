import Foundation
import OmniCore
import OmniPipeline
import OmniTesting
import OmniVAD
import Testing

/// The bundled voice, leaking into the microphone.
@Suite struct EchoGateTests {
    private static let rate = 16_000
    private static let window = 512

    /// What the bundled model says to a question, and a question, both at 16 kHz.
    private struct Voices {
        let answer: [Float]
        let question: [Float]
        let detector: SileroVAD
    }

    private static let voices = Task {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Examples")
            .standardizedFileURL
        let omni = try await MiniOmni.load(from: examples.appending(path: "Models/nano"))
        func question(_ name: String) throws -> AudioChunk {
            try AudioChunk(contentsOfWAV: examples.appending(path: "Audio/\(name).wav"))
        }
        let session = omni.makeSession()
        var answer: [Float] = []
        for name in ["can-you-tell-me-a-joke", "what-are-your-hobbies"] {
            let reply = try await session.answer(to: question(name))
            answer += try #require(reply.audio).resampled(to: rate).samples
        }
        let spoken = try question("what-is-the-weather-like-today").resampled(to: rate).samples
        let file = try #require(ModelDirectory(examples.appending(path: "Models/nano")).voiceActivity)
        return Voices(answer: answer, question: spoken, detector: try SileroVAD.load(from: file))
    }

    /// What a microphone hears of a sound.
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

    /// Windows that a conversation would take for speech.
    private func speechWindows(
        _ heard: [Float], played: [Float], _ voices: Voices,
        gate: EchoGate? = EchoGate(EchoSettings(), sampleRate: rate)
    ) -> [Bool] {
        var gate = gate
        var state = voices.detector.makeState()
        return stride(from: 0, to: heard.count - Self.window + 1, by: Self.window).map { start in
            var window = Array(heard[start..<start + Self.window])
            var isEcho = false
            if let output = gate?.push(window, played: Array(played[start..<start + Self.window])) {
                (window, isEcho) = (output.samples, output.isEcho)
            }
            return voices.detector.speechProbability(in: window.span, state: &state) >= 0.5 && !isEcho
        }
    }

    @Test(arguments: [-6, -12, -20], [false, true])
    func theAnswerDoesNotInterruptItself(decibels: Int, room: Bool) async throws {
        let voices = try await Self.voices.value
        let heard = leak(voices.answer, decibels: decibels, delay: 1800, room: room)
        let without = speechWindows(heard, played: voices.answer, voices, gate: nil)
        let with = speechWindows(heard, played: voices.answer, voices)
        // Without the gate the answer is speech; with it little is left, and never enough in a row to stop the answer.
        #expect(without.count { $0 } > without.count / 3)
        #expect(with.count { $0 } < without.count { $0 } / 3)
        let longest = with.split(separator: false).map(\.count).max() ?? 0
        #expect(longest * 32 < 400)
    }

    @Test(arguments: [-6, -12, -20]) func somebodyElseIsHeardThroughIt(decibels: Int) async throws {
        let voices = try await Self.voices.value
        let echo = leak(voices.answer, decibels: decibels, delay: 1800, room: true)
        let start = voices.answer.count / 2 / Self.window * Self.window
        let question = voices.question.prefix(voices.answer.count - start)
        var heard = echo
        for (index, sample) in question.enumerated() { heard[start + index] += sample }
        let found = speechWindows(heard, played: voices.answer, voices)
        let before = found[..<(start / Self.window)]
        let during = found[(start / Self.window)..<((start + question.count) / Self.window)]
        let alone = speechWindows(
            Array(repeating: 0, count: start) + question, played: Array(repeating: 0, count: start + question.count),
            voices)
        #expect(before.count { $0 } < before.count / 4)
        // At least 13 windows, enough to stop an answer, and most of what is heard where nothing plays.
        #expect(during.count { $0 } >= 13)
        #expect(during.count { $0 } * 2 >= alone.count { $0 })
    }

    @Test func whatIsHeardIsUntouchedWhereNothingPlays() {
        var gate = EchoGate(EchoSettings(), sampleRate: Self.rate)
        var noise = Noise(seed: 9)
        for _ in 0..<100 {
            let window = noise.floats(Self.window, scale: 0.3)
            let output = gate.push(window, played: Array(repeating: 0, count: Self.window))
            #expect(output.samples == window && !output.isEcho)
        }
    }

    /// The player's way changes: another delay is found.
    @Test func anotherDelayIsFound() async throws {
        let voices = try await Self.voices.value
        let count = voices.answer.count / Self.window * Self.window
        let half = count / 2
        let near = leak(voices.answer, decibels: -6, delay: 800, room: false)
        let far = leak(voices.answer, decibels: -6, delay: 4000, room: false)
        let heard = Array(near[..<half]) + Array(far[half..<count])
        let found = speechWindows(heard, played: voices.answer, voices)
        #expect(found.suffix(found.count / 4).count { $0 } < found.count / 16)
    }
}
