import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// Turns found in sound: loud is speech.
@Suite struct TurnListenerTests {
    private struct Loudness: VoiceActivityModel {
        let sampleRate = 16_000
        let windowSampleCount = 512

        func makeState() {}
        func speechProbability(in window: Span<Float>, state: inout Void) -> Float { abs(window[0]) }
    }

    /// Speech and silence in turn, in milliseconds, as one piece after the other comes.
    private func events(_ milliseconds: [Int], _ settings: TurnSettings = TurnSettings()) throws -> [TurnEvent] {
        var listener: any TurnListening = Loudness().makeListener(settings)
        var events: [TurnEvent] = []
        for (index, length) in milliseconds.enumerated() {
            for _ in 0..<length / 10 {
                let sound = Array(repeating: Float(index % 2 == 0 ? 1 : 0), count: 160)
                events += try listener.push(AudioChunk(sound, sampleRate: 16_000))
            }
        }
        return events
    }

    /// What an answer is prepared to is what was said in the end, if nothing more was.
    @Test func aTurnMayEndBeforeItDoes() throws {
        let events = try events([800, 300, 400, 900])
        guard case .began? = events.first, case .mayEnd(let early)? = events.dropFirst().first,
            events.dropFirst(2).first == .wentOn, case .mayEnd(let late)? = events.dropFirst(3).first,
            case .ended(let said, let milliseconds)? = events.last
        else {
            Issue.record("\(events.map { String(describing: $0).prefix(20) })")
            return
        }
        #expect(events.count == 5)
        #expect(late == said && early.samples.count < said.samples.count)
        // The turn is over after half a second of silence, which is not all part of its sound.
        #expect((1_990...2_040).contains(milliseconds))
        #expect((1.6...1.75).contains(said.duration.inSeconds))
    }

    @Test func aShortSilenceLeavesNoTimeToPrepare() throws {
        var settings = TurnSettings()
        settings.silence = .milliseconds(100)
        let events = try events([800, 300], settings)
        let isWhole = if case (.began?, .ended?) = (events.first, events.last) { true } else { false }
        #expect(events.count == 2 && isWhole)
    }
}
