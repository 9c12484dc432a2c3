import OmniNN
import OmniTensor

/// Latents to samples. Latents `[T, latent]` go in as they come, samples come out as soon as they are certain.
struct SNACDecoder: Sendable {
    let context: StreamedConvolution
    /// The second half of a depthwise first layer.
    let mix: Linear?
    let attention: LocalAttention?
    let blocks: [DecoderBlock]
    let snake: Snake
    let output: StreamedConvolution
    /// How many frames are best taken at once: some that share a reading of the weights, where that leaves their
    /// samples the same.
    let framesPerPass: Int
    private let engine: any ComputeEngine

    /// What the layers carry from one call to the next.
    struct State: Sendable {
        fileprivate var context: StreamedConvolution.State
        /// Unused without attention.
        fileprivate var attention: LocalAttention.State
        fileprivate var blocks: [DecoderBlock.State]
        fileprivate var output: StreamedConvolution.State
    }

    init(
        _ weights: WeightScope, configuration: SNAC.Configuration, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        let model = weights.scope("model")
        let (latentCount, width) = (configuration.latentChannelCount, configuration.decoderWidth)
        var next = 1
        if configuration.isDepthwise {
            context = try model.scope(0).centredConvolution(
                in: latentCount, out: latentCount, isDepthwise: true, engine: engine, precision: precision)
            mix = try model.scope(1).pointwiseConvolution(
                in: latentCount, out: width, engine: engine, precision: precision)
            next = 2
        } else {
            context = try model.scope(0).centredConvolution(
                in: latentCount, out: width, isDepthwise: false, engine: engine, precision: precision)
            mix = nil
        }
        if let windowCount = configuration.attentionWindowCount {
            attention = try LocalAttention(
                model.scope(next), channelCount: width, windowCount: windowCount, engine: engine,
                precision: precision)
            next += 1
        } else {
            attention = nil
        }
        blocks = try configuration.decoderRates.enumerated().map { index, rate in
            try DecoderBlock(
                model.scope(next + index), in: width >> index, out: configuration.decoderWidth(afterBlock: index),
                rate: rate, configuration: configuration, engine: engine, precision: precision)
        }
        next += blocks.count
        let lastWidth = configuration.decoderWidth(afterBlock: blocks.count - 1)
        snake = try Snake(model.scope(next), channelCount: lastWidth, engine: engine)
        output = try model.scope(next + 1).centredConvolution(
            in: lastWidth, out: 1, isDepthwise: false, engine: engine, precision: precision)
        // Packed weights have their own precision, all the same.
        let isIndependent = blocks.flatMap(\.units).allSatisfy { engine.multipliesRowsAlike($0.precision) }
        framesPerPass = isIndependent ? 4 : 1
        self.engine = engine
    }

    func makeState() -> State {
        State(
            context: context.makeState(), attention: LocalAttention.State(channelCount: blocks[0].inputChannelCount),
            blocks: blocks.map { $0.makeState() }, output: output.makeState())
    }

    /// Takes the latents in `work.x` and leaves there the samples `[T, 1]` that are done.
    func advance(_ work: inout CodecScratch, _ state: inout State, noise: NoiseSource, isLast: Bool) {
        work.advance(context, &state.context, isLast: isLast)
        if let mix {
            mix(work.x, into: &work.y)
            swap(&work.x, &work.y)
        }
        attention?.advance(&work.x, &work.y, &state.attention, isLast: isLast)
        for index in blocks.indices {
            blocks[index].advance(&work, &state.blocks[index], noise: noise, block: index, isLast: isLast)
        }
        work.advance(output, after: snake, &state.output, isLast: isLast)
        var samples = work.x.mutableSpan
        engine.activate(&samples, .tanh)
    }
}

/// One block of the decoder: stretches time by its rate and halves the channels.
struct DecoderBlock: Sendable {
    let snake: Snake
    let stretch: StreamedConvolution
    let noiseMix: NoiseMix?
    let units: [ResidualUnit]
    let inputChannelCount: Int

    /// What the layers carry from one call to the next.
    struct State: Sendable {
        fileprivate var stretch: StreamedConvolution.State
        fileprivate var units: [ResidualUnit.State]
        /// Samples, in this block's time, that have had their noise.
        fileprivate var sampleIndex = 0
    }

    init(
        _ weights: WeightScope, in inputCount: Int, out outputCount: Int, rate: Int,
        configuration: SNAC.Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        inputChannelCount = inputCount
        let block = weights.scope("block")
        snake = try Snake(block.scope(0), channelCount: inputCount, engine: engine)
        stretch = try block.scope(1).stretchingConvolution(
            in: inputCount, out: outputCount, rate: rate, engine: engine, precision: precision)
        var next = 2
        if configuration.hasNoise {
            noiseMix = try NoiseMix(
                block.scope(next), channelCount: outputCount, engine: engine, precision: precision)
            next += 1
        } else {
            noiseMix = nil
        }
        units = try [1, 3, 9].enumerated().map { index, dilation in
            try ResidualUnit(
                block.scope(next + index), channelCount: outputCount, dilation: dilation,
                isDepthwise: configuration.isDepthwise, engine: engine, precision: precision)
        }
    }

    func makeState() -> State {
        State(stretch: stretch.makeState(), units: units.map { $0.makeState() })
    }

    /// Takes the rows of `work.x` and leaves there those that are done.
    func advance(_ work: inout CodecScratch, _ state: inout State, noise: NoiseSource, block: Int, isLast: Bool) {
        work.advance(stretch, after: snake, &state.stretch, isLast: isLast)
        if let noiseMix {
            noiseMix(
                &work.x, &work.y, &work.amplitudes, noise: noise, block: block, start: state.sampleIndex)
            state.sampleIndex += work.x.rowCount
        }
        for index in units.indices { units[index].advance(&work, &state.units[index], isLast: isLast) }
    }
}
