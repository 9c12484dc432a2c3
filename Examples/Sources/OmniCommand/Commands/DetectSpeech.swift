import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniVAD

struct DetectSpeech: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vad",
        abstract: "Find the stretches of speech in a recording.",
        discussion: """
            Prints the start and end of each stretch of speech. With --json: {"sampleRate", "windowSampleCount", \
            "probabilities": one a window, "segments": [{"start", "end"}] in samples at that rate}.
            """)

    @Argument(help: "A recording, or - for standard input.")
    var audio: String

    @Option(
        help: ArgumentHelp(
            "A Silero VAD, .onnx (v4, v5, v6) or .safetensors (v5, v6), or a model that has one; else OMNI_MODEL.",
            valueName: "file|dir|id"))
    var model: String?

    @Option(help: ArgumentHelp("Samples in a window; without it what the network was made for.", valueName: "n"))
    var window: Int?

    @Option(help: "The rate to listen at, 16000 or 8000 Hz; the audio is converted.")
    var sampleRate = 16_000

    @OptionGroup(title: "Segmentation")
    var segmentation: SegmentationOptions

    @OptionGroup var engine: EngineOption

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws { _ = try ModelLocation(option: model) }

    func run() throws {
        let vad = try SileroVAD.load(
            from: ModelDirectory.voiceActivity(in: ModelLocation(option: model).folder), sampleRate: sampleRate,
            windowSampleCount: window, engine: engine.make(), precision: engine.smallPartPrecision)
        let recording = try AudioInput.read(audio, sampleRate: vad.sampleRate)
        let probabilities = try vad.probabilities(of: recording)
        let segments = SpeechSegmenter.segments(
            of: probabilities, sampleCount: recording.samples.count, segmentation.value,
            windowSampleCount: vad.windowSampleCount, sampleRate: vad.sampleRate)
        if json {
            try StandardOutput.write(json: Result(vad, probabilities, segments))
        } else {
            for segment in segments {
                let line = [segment.start, segment.end].map { sample in
                    String(format: "%8.3f s", Double(sample) / Double(vad.sampleRate))
                }
                try StandardOutput.write(line.joined(separator: "  ") + "\n")
            }
        }
    }

    private struct Result: Encodable {
        struct Segment: Encodable {
            let start: Int
            let end: Int
        }
        let sampleRate: Int
        let windowSampleCount: Int
        let probabilities: [Float]
        let segments: [Segment]

        init(_ vad: SileroVAD, _ probabilities: [Float], _ segments: [SpeechSegment]) {
            sampleRate = vad.sampleRate
            windowSampleCount = vad.windowSampleCount
            self.probabilities = probabilities
            self.segments = segments.map { Segment(start: $0.start, end: $0.end) }
        }
    }
}
