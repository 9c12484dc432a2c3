import Foundation
import OmniCore
import OmniVAD
import TestSupport
import Testing

// The examples of the documentation; the second returns what it prints there.
private func speech(in recording: AudioChunk, model file: URL) throws -> AudioChunk {
    let detector = try SileroVAD.load(from: file)
    let segments = try detector.speechSegments(in: recording, .miniOmni)
    for segment in segments { print(segment.start, segment.end) }
    return recording.collecting(segments)
}

private func listen(to windows: [[Float]], with detector: SileroVAD) -> [SpeechEvent] {
    var events: [SpeechEvent] = []
    var state = detector.makeState()
    var segmenter = detector.makeSegmenter(.silero)
    for window in windows {
        let probability = detector.speechProbability(in: window.span, state: &state)
        for event in segmenter.push(probability) { events.append(event) }
    }
    for event in segmenter.finish() { events.append(event) }
    return events
}

@Suite struct DocumentationExampleTests {
    @Test func theExamplesOfTheOverviewRun() throws {
        let file = Fixture.url("vad/synthetic/v5.onnx")
        let samples = Array(try Fixture.audio("vad/vad_20s_16k.wav").samples.prefix(512 * 100))
        let recording = AudioChunk(samples, sampleRate: 16_000)
        let detector = try SileroVAD.load(from: file)
        let expected = try recording.collecting(detector.speechSegments(in: recording))
        #expect(try speech(in: recording, model: file) == expected)

        let windows = stride(from: 0, to: samples.count, by: 512).map { Array(samples[$0..<$0 + 512]) }
        let segments = listen(to: windows, with: detector).compactMap { event in
            if case .segment(let segment) = event { segment } else { nil }
        }
        #expect(try segments == detector.speechSegments(in: recording, .silero))
    }
}
