import OmniNN
import OmniTensor

/// Versions 5 and 6: context and window → spectrum → four convolutions → one recurrent step → probability.
struct SileroV5Network: SileroNetwork {
    let windowSampleCount: Int
    /// Samples of the last window that come before the next, and as many that are mirrored behind it.
    let contextSampleCount: Int
    private let spectrum: SpectrumLayer
    private let encoder: [Convolution1D]
    private let head: SpeechHead
    private let engine: any ComputeEngine
    /// Frames that come into each layer of the encoder, then those that leave the last.
    private let frameCounts: [Int]

    /// - Throws: `CheckpointError` when a weight is missing or does not fit the one before it.
    init(_ blueprint: SileroBlueprint, engine: any ComputeEngine, precision: WeightPrecision) throws {
        let weights = blueprint.weights
        spectrum = try SpectrumLayer(
            weights, hopSampleCount: blueprint.hopSampleCount, engine: engine, precision: precision)
        windowSampleCount = 2 * spectrum.filterLength
        contextSampleCount = spectrum.filterLength / 4
        var width = spectrum.binCount
        var frameCount = spectrum.frameCount(for: windowSampleCount + 2 * contextSampleCount)
        var frameCounts = [frameCount]
        var encoder: [Convolution1D] = []
        for (index, stride) in blueprint.strides.enumerated() {
            let layer = weights.scope("encoder").scope(index)
            let outputWidth = try layer.extents("weight", rank: 3)[0]
            try encoder.append(
                Convolution1D(
                    weight: layer.finite("weight", [outputWidth, width, Self.kernelWidth]),
                    bias: layer.finite("bias", [outputWidth]), stride: stride, engine: engine, precision: precision))
            frameCount = (frameCount - 1) / stride + 1
            frameCounts.append(frameCount)
            width = outputWidth
        }
        head = try SpeechHead(weights, inputWidth: width, layerCount: 1, engine: engine, precision: precision)
        self.encoder = encoder
        self.frameCounts = frameCounts
        self.engine = engine
        try weights.requireAllRead()
    }

    /// Every layer looks one frame to either side.
    private static var kernelWidth: Int { 3 }

    func makeState() -> SileroVAD.State {
        let widest = encoder.enumerated().reduce(0) {
            max($0, frameCounts[$1.offset + 1] * $1.element.outputChannelCount)
        }
        return SileroVAD.State(
            context: Tensor(zeros: [contextSampleCount]),
            samples: Tensor(zeros: [windowSampleCount + 2 * contextSampleCount]),
            spectrum: Tensor(zeros: [frameCounts[0], 2 * spectrum.binCount]),
            flow: Tensor(zeros: [widest]),
            layers: zip(encoder, frameCounts).map { layer, frameCount in
                SileroVAD.LayerScratch(frameCount: frameCount, paddingRowCount: 1, inputWidth: layer.inputChannelCount)
            },
            cells: head.makeStates(), row: Tensor(zeros: [head.widestRow]), nextRow: Tensor(zeros: [head.widestRow]),
            means: Tensor(zeros: [0]), outputs: Tensor(zeros: [frameCounts[encoder.count]]))
    }

    func speechProbability(in window: Span<Float>, state: inout SileroVAD.State) -> Float {
        place(window, context: &state.context, samples: &state.samples)
        for (index, layer) in encoder.enumerated() {
            // One row of zeros is before the rows that come in, one after.
            let width = layer.inputChannelCount
            if index == 0 {
                spectrum.magnitudes(
                    state.samples, spectrum: &state.spectrum, into: &state.layers[0].padded, start: width,
                    rowStride: width)
            } else {
                state.layers[index].padded.copy(frameCounts[index] * width, of: state.flow, to: width)
            }
            convolve(state.layers[index].padded, by: layer, frameCount: frameCounts[index + 1], into: &state.flow)
        }
        return head.probability(stepCount: frameCounts[encoder.count], state: &state)
    }

    private func convolve(
        _ padded: Tensor<Float>, by layer: Convolution1D, frameCount: Int, into flow: inout Tensor<Float>
    ) {
        var flow = flow.mutableSpan
        var rows = flow.part(0..<frameCount * layer.outputChannelCount)
        layer(padded.span, into: &rows)
        engine.activate(&rows, .relu)
    }

    /// Context, window, and the end of the window mirrored; the end of the window is the next context.
    private func place(_ window: Span<Float>, context: inout Tensor<Float>, samples: inout Tensor<Float>) {
        let (contextCount, count) = (contextSampleCount, windowSampleCount)
        samples.copy(contextCount, of: context)
        samples.copy(window, to: contextCount)
        context.copy(window.extracting(last: contextCount))
        var samples = samples.mutableSpan
        let last = contextCount + count - 1
        for i in 0..<contextCount { samples[last + 1 + i] = samples[last - 1 - i] }
    }
}
