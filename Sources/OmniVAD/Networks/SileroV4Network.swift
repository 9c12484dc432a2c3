import OmniNN
import OmniTensor

/// Version 4, the one Mini-Omni ships: window → spectrum → magnitudes beside normalised logarithms → four
/// separable blocks → two recurrent layers over what is left of time → probability.
struct SileroV4Network: SileroNetwork {
    let windowSampleCount: Int
    private let spectrum: SpectrumLayer
    private let loudness: LoudnessNorm
    private let blocks: [SeparableBlock]
    private let head: SpeechHead
    /// Samples mirrored on either side of the window.
    private let paddingSampleCount: Int
    /// Frames that come into each block, then those that leave the last.
    private let frameCounts: [Int]

    /// - Throws: `CheckpointError` when a weight is missing or does not fit the one before it.
    init(
        _ blueprint: SileroBlueprint, windowSampleCount: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let weights = blueprint.weights
        spectrum = try SpectrumLayer(
            weights, hopSampleCount: blueprint.hopSampleCount, engine: engine, precision: precision)
        loudness = try LoudnessNorm(weights, scale: blueprint.logarithmScale)
        paddingSampleCount = (spectrum.filterLength - spectrum.hopSampleCount) / 2
        let frameCount = spectrum.frameCount(for: windowSampleCount + 2 * paddingSampleCount)
        guard frameCount > loudness.reach, paddingSampleCount < windowSampleCount else {
            throw CheckpointError(
                .noSuchVariant, file: weights.file,
                reason: "a window of \(windowSampleCount) samples is too short for a spectrum of "
                    + "\(spectrum.filterLength) every \(spectrum.hopSampleCount)")
        }
        var (width, frameCounts, blocks) = (2 * spectrum.binCount, [frameCount], [SeparableBlock]())
        for (index, stride) in blueprint.strides.enumerated() {
            let block = try SeparableBlock(
                weights.scope("blocks").scope(index), inputWidth: width, stride: stride, engine: engine,
                precision: precision)
            frameCounts.append(block.outputFrameCount(for: frameCounts[index]))
            width = block.outputWidth
            blocks.append(block)
        }
        head = try SpeechHead(weights, inputWidth: width, layerCount: 2, engine: engine, precision: precision)
        self.windowSampleCount = windowSampleCount
        self.blocks = blocks
        self.frameCounts = frameCounts
        try weights.requireAllRead()
    }

    func makeState() -> SileroVAD.State {
        var widest = frameCounts[0] * 2 * spectrum.binCount
        for (index, block) in blocks.enumerated() { widest = max(widest, frameCounts[index + 1] * block.outputWidth) }
        return SileroVAD.State(
            context: Tensor(zeros: [0]), samples: Tensor(zeros: [windowSampleCount + 2 * paddingSampleCount]),
            spectrum: Tensor(zeros: [frameCounts[0], 2 * spectrum.binCount]), flow: Tensor(zeros: [widest]),
            layers: zip(blocks, frameCounts).map { block, frameCount in
                SileroVAD.LayerScratch(
                    frameCount: frameCount, paddingRowCount: block.paddingRowCount, inputWidth: block.inputWidth,
                    mixedWidth: block.mixedWidth)
            },
            cells: head.makeStates(), row: Tensor(zeros: [head.widestRow]), nextRow: Tensor(zeros: [head.widestRow]),
            means: Tensor(zeros: [frameCounts[0]]), outputs: Tensor(zeros: [frameCounts[blocks.count]]))
    }

    func speechProbability(in window: Span<Float>, state: inout SileroVAD.State) -> Float {
        place(window, &state.samples)
        spectrum.magnitudes(
            state.samples, spectrum: &state.spectrum, into: &state.flow, rowStride: 2 * spectrum.binCount)
        loudness(&state.flow, binCount: spectrum.binCount, means: &state.means)
        for (index, block) in blocks.enumerated() {
            block(frameCount: frameCounts[index], flow: &state.flow, scratch: &state.layers[index])
        }
        return head.probability(stepCount: frameCounts[blocks.count], state: &state)
    }

    /// The window between its own ends, mirrored.
    private func place(_ window: Span<Float>, _ samples: inout Tensor<Float>) {
        let (padding, count) = (paddingSampleCount, windowSampleCount)
        samples.copy(window, to: padding)
        var samples = samples.mutableSpan
        for i in 0..<padding {
            samples[padding - 1 - i] = samples[padding + 1 + i]
            samples[padding + count + i] = samples[padding + count - 2 - i]
        }
    }
}
