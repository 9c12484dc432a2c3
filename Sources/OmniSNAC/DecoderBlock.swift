import OmniNN
import OmniTensor

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
        snake(&work.x)
        stretch.advance(&work.x, &state.stretch, isLast: isLast)
        if let noiseMix {
            noiseMix(
                &work.x, &work.y, &work.amplitudes, noise: noise, block: block, start: state.sampleIndex)
            state.sampleIndex += work.x.rowCount
        }
        for index in units.indices {
            units[index].advance(&work.x, &work.y, &state.units[index], isLast: isLast)
        }
    }
}
