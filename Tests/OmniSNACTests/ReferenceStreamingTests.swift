import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

/// How the reference streams: each chunk of frames decoded alone, frames that fill no chunk dropped, integers that
/// wrap. Reproduced to show that it is understood; this is not how a ``SNACStream`` works.
private enum ReferenceStreaming {
    static func chunks(_ codec: SNAC, _ frames: [CodeFrame], framesPerChunk: Int) throws -> [[Float]] {
        try stride(from: 0, to: frames.count - framesPerChunk + 1, by: framesPerChunk).map {
            try codec.decode(frames[$0..<$0 + framesPerChunk], noise: NoiseSource.none).samples
        }
    }

    /// numpy's `(x * 32768).astype(int16)`: towards zero, and what does not fit wraps.
    static func int16(_ samples: [Float]) -> [Int16] {
        samples.map { Int16(truncatingIfNeeded: Int32($0 * 32_768)) }
    }
}

@Suite struct ReferenceStreamingTests {
    private struct Run: Decodable {
        var stream_stride: Int
        var tokens: [[Int32]]
        var chunks_stored: Int
        var chunk_samples: [Int]
        var frames_total, frames_emitted, frames_dropped_at_end: Int

        /// Frame `f` is what stream `i` chose at step `f + i + 1`.
        var frames: [CodeFrame] {
            (0..<frames_total).map { frame in CodeFrame((0..<7).map { tokens[$0][frame + $0 + 1] }) }
        }
    }

    @Test(arguments: Engine.allCases) func givesTheChunksOfTheReference(_ engine: Engine) throws {
        let codec = try GoldenCodec.speech.load(engine)
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/stream_pcm.safetensors"))
        let runs: [String: Run] = try Fixture.json("tiny/stream.json")
        #expect(runs.count == 4)
        for (name, run) in runs {
            let frames = run.frames
            let chunks = try ReferenceStreaming.chunks(codec, frames, framesPerChunk: run.stream_stride)
            #expect(chunks.map(\.count) == run.chunk_samples)
            #expect(run.frames_emitted == chunks.count * run.stream_stride)
            #expect(run.frames_dropped_at_end == frames.count - run.frames_emitted)
            let found = ReferenceStreaming.int16(chunks.prefix(run.chunks_stored).flatMap { $0 })
            let expected = try golden.integers("\(name).pcm16").scalars.map(Int16.init)
            #expect(found.count == expected.count)
            // A waveform that differs by 1e-5 is a third of a step away: at most over the next edge.
            let steps = zip(found, expected).map { abs(Int($0 &- $1)) }
            #expect(steps.allSatisfy { $0 <= 1 }, "\(name)")
            #expect(steps.reduce(0, +) * 100 < found.count, "\(name)")
        }
    }

    @Test func integersWrapAsTheReferencesDo() throws {
        let golden = try GoldenCodec.speech.golden()
        let found = ReferenceStreaming.int16(try golden.floats("pcm.float").scalars)
        let expected = try golden.integers("pcm.int16").scalars.map(Int16.init)
        #expect(found == expected)
    }

    /// What is wrong with chunks decoded alone, and that a stream has no such seams.
    @Test(arguments: Engine.allCases) func chunksAloneHaveSeams(_ engine: Engine) throws {
        struct Facts: Decodable {
            struct Chunk: Decodable {
                var max_abs: Float
                var affected_before_boundary, affected_after_boundary: Int
            }
            var chunk: Chunk
        }
        let facts: Facts = try Fixture.json("tiny/snac.json")
        let codec = try GoldenCodec.speech.load(engine)
        let golden = try GoldenCodec.speech.golden()
        let frames = try codec.frames(of: GoldenCodec.speech.codes("chunk.codes"))
        let alone = try ReferenceStreaming.chunks(codec, frames, framesPerChunk: 4).flatMap { $0 }
        #expect(Tolerance.largestDifference(alone, try golden.floats("chunk.by4").scalars) < 1e-5)
        let whole = try codec.decode(frames).samples
        #expect(abs(Tolerance.largestDifference(alone, whole) - facts.chunk.max_abs) < 1e-4)
        // Beyond the reach of the seams nothing differs.
        let boundary = 4 * codec.configuration.samplesPerFrame
        let before = 0..<boundary - facts.chunk.affected_before_boundary - 300
        #expect(Tolerance.largestDifference(Array(alone[before]), Array(whole[before])) < 1e-5)

        var stream = codec.makeStream()
        var streamed: [Float] = []
        for start in stride(from: 0, to: frames.count, by: 4) {
            streamed += try stream.push(contentsOf: frames[start..<start + 4])?.samples ?? []
        }
        streamed += stream.finish()?.samples ?? []
        #expect(Tolerance.largestDifference(streamed, whole) < 1e-6)
    }
}
