import OmniCore
import OmniNN
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

/// Every stage of the decoder for one frame, against the reference.
@Suite struct GoldenLayerTests {
    /// A decoder taken apart: one layer at a time, over all rows at once.
    private struct Walk {
        let golden: Checkpoint
        let prefix: String
        var work = CodecScratch()

        func expect(_ name: String, _ location: SourceLocation = #_sourceLocation) throws {
            let expected = try golden.channelsLast("\(prefix).\(name)")
            #expect(work.x.tensor.shape == expected.shape, "\(name)", sourceLocation: location)
            #expect(Tolerance.largestDifference(work.x.tensor, expected) < 1e-5, "\(name)", sourceLocation: location)
        }

        mutating func convolve(_ layer: StreamedConvolution) {
            var state = layer.makeState()
            work.advance(layer, &state, isLast: true)
        }

        mutating func mix(_ layer: Linear) {
            layer(work.x, into: &work.y)
            swap(&work.x, &work.y)
        }
    }

    @Test(arguments: Engine.allCases) func everyStageOfOneFrame(_ engine: Engine) throws {
        let codec = try GoldenCodec.speech.load(engine)
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/snac_layers.safetensors"))
        var walk = Walk(golden: golden, prefix: "one")
        var scratch = QuantizerScratch()
        let codes = try golden.codes("codes", codebookCount: 3)
        codec.quantizer.decode(codes, frames: 0..<1, into: &walk.work.x, &scratch)
        try walk.expect("z_q")
        let decoder = codec.decoder
        walk.convolve(decoder.context)
        try walk.expect("decoder.model.0")
        walk.mix(try #require(decoder.mix))
        try walk.expect("decoder.model.1")
        for (index, block) in decoder.blocks.enumerated() {
            let name = "decoder.model.\(index + 2)"
            block.snake(&walk.work.x)
            try walk.expect("\(name).block.0")
            walk.convolve(block.stretch)
            try walk.expect("\(name).block.1")
            // Without noise the noise block changes nothing.
            try walk.expect("\(name).block.2")
            for (place, unit) in block.units.enumerated() {
                var state = unit.makeState()
                unit.advance(&walk.work, &state, isLast: true)
                try walk.expect("\(name).block.\(place + 3)")
            }
        }
        decoder.snake(&walk.work.x)
        try walk.expect("decoder.model.6")
        walk.convolve(decoder.output)
        try walk.expect("decoder.model.7")
        let audio = try codec.decode(codes)
        let expected = try golden.floats("one.decoder.model.8").scalars
        #expect(Tolerance.largestDifference(audio.samples, expected) < 1e-5)
    }

    /// What each codebook contributes alone.
    @Test(arguments: Engine.allCases) func everyCodebook(_ engine: Engine) throws {
        let codec = try GoldenCodec.speech.load(engine)
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/snac_layers.safetensors"))
        let codes = try golden.codes("codes", codebookCount: 3)
        for (index, codebook) in codec.quantizer.codebooks.enumerated() {
            var scratch = QuantizerScratch()
            var latents = RowBuffer(width: codec.configuration.latentChannelCount, zeroRowCount: 4)
            codebook.decode(codes[index][...], addingTo: &latents, &scratch)
            let looked = try golden.channelsLast("one.quantizers.\(index).decode_code")
            #expect(Tolerance.largestDifference(scratch.codes.tensor, looked) < 1e-6)
            let projected = try golden.channelsLast("one.quantizers.\(index).out_proj")
            #expect(Tolerance.largestDifference(scratch.pooled.tensor, projected) < 1e-5)
            // Each row stands for as many latents as the stride says.
            let repeated = (0..<4).flatMap { projected.rows($0 / codebook.stride..<$0 / codebook.stride + 1).scalars }
            #expect(Tolerance.largestDifference(latents.tensor.scalars, repeated) < 1e-5)
        }
    }

    @Test(arguments: Engine.allCases) func theStagesBeforeTheBlocksWithAttention(_ engine: Engine) throws {
        let codec = try GoldenCodec.attention.load(engine)
        var walk = Walk(golden: try GoldenCodec.attention.golden(), prefix: "short")
        var scratch = QuantizerScratch()
        codec.quantizer.decode(
            try GoldenCodec.attention.codes("short.codes"), frames: 0..<8, into: &walk.work.x, &scratch)
        try walk.expect("z_q")
        walk.convolve(codec.decoder.context)
        try walk.expect("decoder.model.0")
        walk.mix(try #require(codec.decoder.mix))
        try walk.expect("decoder.model.1")
        let attention = try #require(codec.decoder.attention)
        var state = LocalAttention.State(channelCount: walk.work.x.width)
        attention.advance(&walk.work.x, &walk.work.y, &state, isLast: true)
        try walk.expect("decoder.model.2")
    }
}

extension Snake {
    /// All rows, in place.
    fileprivate func callAsFunction(_ x: inout RowBuffer) {
        var rows = x.mutableSpan
        self(&rows)
    }
}
