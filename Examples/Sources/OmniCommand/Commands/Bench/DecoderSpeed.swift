import OmniGPT
import OmniTensor

/// Times the language model: steps and a prompt.
struct DecoderSpeed {
    let model: OmniGPT
    let precision: WeightPrecision
    let limits: MachineLimits

    private static let promptLength = 150
    private static let position = PositionTokens(audio: 1, text: 1)

    func figures() -> [SpeedFigure] {
        let batch = [(text: false, audio: true), (text: true, audio: false)]
        return [
            step("step, two rows of batch mode", batch),
            step("step, after the text has ended", [(false, true)]),
            step("step, one row", [(true, true)]),
            step("step, four times two rows", (0..<4).flatMap { _ in batch }),
            prefill(),
        ]
    }

    /// A step of one sequence for each of `wants`, after a prompt.
    private func step(_ stage: String, _ wants: [(text: Bool, audio: Bool)]) -> SpeedFigure {
        let workspace = model.makeWorkspace()
        let prompt = Array(repeating: Self.position, count: Self.promptLength)
        let caches = wants.map { _ in model.makeCache() }
        for cache in caches {
            model.forward([DecoderSegment(cache, prompt, wantsText: false, wantsAudio: false)], workspace)
        }
        let work = DecoderWork(model.configuration)
        let parameterCount =
            work.bodyParameterCount
            + (wants.contains { $0.text } ? work.textHeadParameterCount : 0)
            + (wants.contains { $0.audio } ? work.audioHeadParameterCount : 0)
        let byteCount =
            parameterCount * DecoderWork.bytesPerParameter(precision)
            + work.cacheBytesPerPosition * Double(Self.promptLength * wants.count)
        let (time, floor) = limits.median(reading: byteCount) {
            let segments = zip(caches, wants).map { cache, wants in
                DecoderSegment(cache, [Self.position], wantsText: wants.text, wantsAudio: wants.audio)
            }
            model.forward(segments, workspace)
            for cache in caches { cache.rewind(to: Self.promptLength) }
        }
        return SpeedFigure(precision, stage, time, floor: floor)
    }

    private func prefill() -> SpeedFigure {
        let workspace = model.makeWorkspace()
        let prompt = Array(repeating: Self.position, count: Self.promptLength)
        let time = Stopwatch.median {
            model.forward(
                [DecoderSegment(model.makeCache(), prompt, wantsText: true, wantsAudio: true)], workspace)
        }
        let operationCount = 2 * DecoderWork(model.configuration).bodyParameterCount * Double(Self.promptLength)
        return SpeedFigure(
            precision, "read \(Self.promptLength) positions", time,
            floor: limits.seconds(toCompute: operationCount, precision))
    }
}

/// What a pass of the language model reads and computes.
struct DecoderWork {
    /// In the matrices of all blocks.
    let bodyParameterCount: Double
    let textHeadParameterCount: Double
    let audioHeadParameterCount: Double
    /// Keys and values of all layers.
    let cacheBytesPerPosition: Double

    init(_ shape: OmniGPT.Configuration) {
        let keyWidth = shape.groupCount * shape.headWidth
        let attention = shape.width * (2 * shape.headCount * shape.headWidth + 2 * keyWidth)
        let projectionCount = shape.feedForward == .plain ? 2 : 3
        let layerCount = shape.layerCount + shape.postAdapterLayerCount
        bodyParameterCount = Double(layerCount * (attention + projectionCount * shape.width * shape.mlpWidth))
        textHeadParameterCount = Double(shape.textVocabularyCount * shape.width)
        audioHeadParameterCount = Double(7 * shape.audioVocabularyCount * shape.width)
        cacheBytesPerPosition = Double(layerCount * 2 * keyWidth * MemoryLayout<Float>.size)
    }

    /// Of the native engine's packed weights: integer blocks of 32 have a scale of two bytes.
    static func bytesPerParameter(_ precision: WeightPrecision) -> Double {
        switch precision {
        case .int4: 0.5 + 2.0 / 32
        case .int8: 1 + 2.0 / 32
        case .bfloat16: 2
        default: 4
        }
    }
}
