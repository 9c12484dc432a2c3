import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniVAD
import OmniWhisper

extension Speed {
    /// A whole context of audio to features.
    func encoderFigures(
        _ encoder: WhisperEncoder, _ precision: WeightPrecision, _ limits: MachineLimits
    ) throws -> [SpeedFigure] {
        let audio = AudioChunk(noise(encoder.maximumSampleCount), sampleRate: encoder.inputSampleRate)
        let time = try Stopwatch.median { _ = try encoder.encode(audio) }
        let shape = encoder.configuration
        let (length, width) = (Double(shape.contextLength), Double(shape.width))
        let perLayer = length * width * (4 * width + 2 * Double(shape.mlpWidth) + 2 * length)
        let stem = length * width * 3 * (2 * Double(shape.melBinCount) + width)
        let operationCount = 2 * (Double(shape.layerCount) * perLayer + stem)
        let seconds = encoder.maximumSampleCount / encoder.inputSampleRate
        return [
            SpeedFigure(
                precision, "encode \(seconds) s", time, floor: limits.seconds(toCompute: operationCount, precision))
        ]
    }

    /// A second of audio, frame by frame as a reply makes it, and at once.
    func codecFigures(_ codec: SNAC, _ limits: MachineLimits) throws -> [SpeedFigure] {
        let shape = codec.configuration
        let frameCount = (shape.sampleRate + shape.samplesPerFrame - 1) / shape.samplesPerFrame
        let codeCount = shape.codesPerFrame.reduce(0, +)
        let frames = (0..<frameCount).map { frame in
            CodeFrame((0..<codeCount).map { Int32((frame * codeCount + $0) * 31 % shape.codebookSize) })
        }
        let streaming = try Stopwatch.median {
            var stream = codec.makeStream(noise: .seeded(0))
            for frame in frames { _ = try stream.push(frame) }
            _ = stream.finish()
        }
        let atOnce = try Stopwatch.median { _ = try codec.decode(frames, noise: .seeded(0)) }
        let duration = Double(frameCount * shape.samplesPerFrame) / Double(shape.sampleRate)
        let floor = limits.seconds(toCompute: CodecWork(shape).operationsPerSecond, .float32)
        return [
            SpeedFigure(.float32, "codec, streaming, per second", streaming / duration, floor: floor),
            SpeedFigure(.float32, "codec, a second at once", atOnce / duration, floor: floor),
        ]
    }

    /// One window of each size that a voice activity file takes at 16 kHz, on one thread.
    func voiceActivityFigures() throws -> [SpeedFigure] {
        guard let voiceActivity else { return [] }
        let engine = try NativeEngine(threads: 1)
        let windows = [512, 1024, 1536].compactMap { count in
            try? SileroVAD.load(from: URL(argument: voiceActivity), windowSampleCount: count, engine: engine)
        }
        guard !windows.isEmpty else {
            // Says what is wrong with the file.
            _ = try SileroVAD.load(from: URL(argument: voiceActivity), engine: engine)
            return []
        }
        return windows.map { vad in
            let window = noise(vad.windowSampleCount)
            var state = vad.makeState()
            let time = Stopwatch.median(mostRunCount: 5000) {
                _ = vad.speechProbability(in: window.span, state: &state)
            }
            return SpeedFigure(.float32, "voice activity, \(vad.windowSampleCount) samples, one thread", time)
        }
    }

    /// A question of four seconds and the first 60 steps of its reply.
    func turnFigures(_ omni: MiniOmni, _ precision: WeightPrecision) async throws -> [SpeedFigure] {
        let question = AudioChunk(noise(4 * 16_000), sampleRate: 16_000)
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 60))
        let session = omni.makeSession()
        var replies: [ReplyMetrics] = []
        for _ in 0..<4 { try await replies.append(session.answer(to: question, options: options).metrics) }
        // The first one warms up.
        func median(_ values: [Double?]) -> Double? {
            let sorted = values.dropFirst().compactMap { $0 }.sorted()
            return sorted.isEmpty ? nil : sorted[sorted.count / 2]
        }
        var figures: [SpeedFigure] = []
        if let time = median(replies.map { $0.timeToFirstAudio?.seconds }) {
            figures.append(SpeedFigure(precision, "4 s question to first audio", time))
        }
        if let factor = median(replies.map(\.streamFactor)) {
            figures.append(SpeedFigure(precision, "real-time factor of the stream", factor, unit: .realTimeFactor))
        }
        return figures
    }

    /// Speech-like numbers in -0.5 ... 0.5, the same each time.
    private func noise(_ count: Int) -> [Float] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) * 0x1p-32
        }
    }
}

extension ReplyMetrics {
    /// Time after the prompt over the audio made: what a listener's patience depends on once it has begun.
    fileprivate var streamFactor: Double? {
        guard audioDuration > .zero else { return nil }
        let before = waitTime + resamplingTime + encodingTime + prefillTime
        return (totalTime - before - pausedTime) / audioDuration
    }
}
