import OmniNN
import OmniTensor

/// Samples to latents. Samples `[T, 1]` go in as they come, latents `[T / hop, latent]` come out as soon as they are
/// certain; so a long recording needs little memory.
struct SNACEncoder: Sendable {
    private let input: StreamedConvolution
    private let blocks: [EncoderBlock]
    private let attention: LocalAttention?
    private let output: StreamedConvolution
    private let latentCount: Int

    /// What the layers carry from one call to the next.
    struct State: Sendable {
        fileprivate var input: StreamedConvolution.State
        fileprivate var blocks: [EncoderBlock.State]
        /// Unused without attention.
        fileprivate var attention: LocalAttention.State
        fileprivate var output: StreamedConvolution.State
    }

    init(
        _ weights: WeightScope, configuration: SNAC.Configuration, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        let block = weights.scope("block")
        latentCount = configuration.latentChannelCount
        input = try block.scope(0).centredConvolution(
            in: 1, out: configuration.encoderWidth, isDepthwise: false, engine: engine, precision: precision)
        blocks = try configuration.encoderRates.enumerated().map { index, rate in
            try EncoderBlock(
                block.scope(1 + index), in: configuration.encoderWidth << index, rate: rate,
                isDepthwise: configuration.isDepthwise, engine: engine, precision: precision)
        }
        var next = 1 + blocks.count
        if let windowCount = configuration.attentionWindowCount {
            attention = try LocalAttention(
                block.scope(next), channelCount: latentCount, windowCount: windowCount, engine: engine,
                precision: precision)
            next += 1
        } else {
            attention = nil
        }
        output = try block.scope(next).centredConvolution(
            in: latentCount, out: latentCount, isDepthwise: configuration.isDepthwise, engine: engine,
            precision: precision)
    }

    func makeState() -> State {
        State(
            input: input.makeState(), blocks: blocks.map { $0.makeState() },
            attention: LocalAttention.State(channelCount: latentCount), output: output.makeState())
    }

    /// Takes the samples in `work.x` and leaves there the latents that are done.
    func advance(_ work: inout CodecScratch, _ state: inout State, isLast: Bool) {
        work.advance(input, &state.input, isLast: isLast)
        for index in blocks.indices { blocks[index].advance(&work, &state.blocks[index], isLast: isLast) }
        attention?.advance(&work.x, &work.y, &state.attention, isLast: isLast)
        work.advance(output, &state.output, isLast: isLast)
    }
}

/// One block of the encoder: shortens time by its rate and doubles the channels.
struct EncoderBlock: Sendable {
    private let units: [ResidualUnit]
    private let snake: Snake
    private let shorten: StreamedConvolution

    /// What the layers carry from one call to the next.
    struct State: Sendable {
        fileprivate var units: [ResidualUnit.State]
        fileprivate var shorten: StreamedConvolution.State
    }

    init(
        _ weights: WeightScope, in inputCount: Int, rate: Int, isDepthwise: Bool, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        let block = weights.scope("block")
        units = try [1, 3, 9].enumerated().map { index, dilation in
            try ResidualUnit(
                block.scope(index), channelCount: inputCount, dilation: dilation, isDepthwise: isDepthwise,
                engine: engine, precision: precision)
        }
        snake = try Snake(block.scope(3), channelCount: inputCount, engine: engine)
        shorten = try block.scope(4).shorteningConvolution(
            in: inputCount, out: 2 * inputCount, rate: rate, engine: engine, precision: precision)
    }

    func makeState() -> State {
        State(units: units.map { $0.makeState() }, shorten: shorten.makeState())
    }

    func advance(_ work: inout CodecScratch, _ state: inout State, isLast: Bool) {
        for index in units.indices { units[index].advance(&work, &state.units[index], isLast: isLast) }
        work.advance(shorten, after: snake, &state.shorten, isLast: isLast)
    }
}
