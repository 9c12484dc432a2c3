import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

/// Weights, codes and audio that are not what is needed.
@Suite struct BadCodecTests {
    @Test(arguments: GoldenCodec.allCases) func everyMissingTensorIsNamed(_ model: GoldenCodec) throws {
        let good = try model.tensors()
        // The one tensor that a codec can make itself.
        for name in good.keys where !name.hasSuffix("inv_freq") {
            var tensors = good
            tensors[name] = nil
            #expect {
                try model.load(tensors)
            } throws: { error in
                let error = error as? CheckpointError
                return error?.code == .missingTensor && error?.tensor == name
            }
        }
    }

    @Test func everyWrongShapeIsNamed() throws {
        let good = try GoldenCodec.attention.tensors()
        for (name, tensor) in good {
            let dimensions = tensor.shape.dimensions
            for shape in [[], [0], dimensions + [1], dimensions.map { $0 + 1 }, Array(dimensions.dropLast())] {
                var tensors = good
                tensors[name] = Tensor(repeating: 1, shape: Shape(shape))
                #expect {
                    try GoldenCodec.attention.load(tensors)
                } throws: { error in
                    let error = error as? CheckpointError
                    return error?.code == .shapeMismatch && error?.tensor == name
                }
            }
        }
    }

    @Test func aTensorOfNoUseIsNamed() throws {
        var tensors = try GoldenCodec.speech.tensors()
        tensors["decoder.model.99.alpha"] = Tensor(zeros: [1, 1, 1])
        #expect {
            try GoldenCodec.speech.load(tensors)
        } throws: {
            ($0 as? CheckpointError)?.code == .unusedTensors
        }
    }

    @Test func weightsThatAreNotNumbersDoNotTrap() throws {
        let good = try GoldenCodec.attention.tensors()
        var noise = Noise(seed: 4)
        for name in good.keys.sorted() {
            var tensors = good
            let value: Float = [.nan, .infinity, .greatestFiniteMagnitude, 0][Int.random(in: 0..<4, using: &noise)]
            tensors[name] = Tensor(repeating: value, shape: good[name]?.shape ?? [])
            do {
                let codec = try GoldenCodec.attention.load(tensors)
                #expect(value.isFinite, "\(name)")
                let codes = try codec.encode(AudioChunk(noise.floats(900), sampleRate: 32_000))
                #expect(try codec.decode(codes).samples.count == 1920)
            } catch let error as CheckpointError {
                // A direction without a length.
                #expect(error.code == .malformed)
            }
        }
    }

    // MARK: Spellings

    /// PyTorch's newer and older names of a normalised weight, and the weight itself.
    @Test(arguments: GoldenCodec.allCases, Engine.allCases)
    func everySpellingOfAWeightGivesTheSameSound(_ model: GoldenCodec, _ engine: Engine) throws {
        let newer = try model.tensors()
        let ends = [
            ".parametrizations.weight.original0": ".weight_g", ".parametrizations.weight.original1": ".weight_v",
        ]
        var (older, folded) = (newer, newer)
        for (end, olderEnd) in ends {
            for (name, tensor) in newer where name.hasSuffix(end) {
                older[name] = nil
                folded[name] = nil
                older[name.dropLast(end.count) + olderEnd] = tensor
                guard end.hasSuffix("1"), let length = newer[name.dropLast() + "0"] else { continue }
                folded[name.dropLast(end.count) + ".weight"] = fold(tensor, length)
            }
        }
        #expect(older.count == newer.count && older.keys.contains { $0.hasSuffix("weight_g") })
        #expect(folded.count < newer.count)
        let codec = try model.load(newer, nil, engine)
        let frames = codec.randomFrames(3, seed: 6)
        let expected = try codec.decode(frames).samples
        let renamed = try model.load(older, nil, engine).decode(frames).samples
        if engine == .blas {
            // OpenBLAS adds up in another order while another caller keeps the process to one of its threads.
            #expect(Tolerance.largestDifference(renamed, expected) < 1e-5)
        } else {
            #expect(renamed == expected)
        }
        let found = try model.load(folded, nil, engine).decode(frames).samples
        #expect(Tolerance.largestDifference(found, expected) < 1e-5)
    }

    private func fold(_ direction: Tensor<Float>, _ length: Tensor<Float>) -> Tensor<Float> {
        let rowCount = direction.shape[0]
        let lengths = length.scalars
        let elements = (0..<rowCount).flatMap { row -> [Float] in
            let values = direction.rows(row..<row + 1).scalars.map(Double.init)
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { Float($0 * Double(lengths[row]) / norm) }
        }
        return Tensor(elements, shape: direction.shape)
    }

    // MARK: Codes

    @Test func codesOutsideTheirCodebookAreErrors() throws {
        let codec = try GoldenCodec.speech.load(.blas)
        for bad in [-1, 64, .max, .min] as [Int32] {
            for (place, codebook) in [0, 1, 2, 2, 1, 2, 2].enumerated() {
                var codes = [Int32](repeating: 3, count: 7)
                codes[place] = bad
                let frame = CodeFrame(codes)
                let error = SNACError.codeOutOfRange(code: bad, codebook: codebook, codebookSize: 64)
                #expect(throws: error) { try codec.decode([frame]) }
                var stream = codec.makeStream()
                #expect(throws: error) { try stream.push(frame) }
                #expect(stream.frameCount == 0)
            }
            #expect(throws: SNACError.codeOutOfRange(code: bad, codebook: 1, codebookSize: 64)) {
                try codec.decode([[0], [0, bad], [0, 0, 0, 0]])
            }
        }
    }

    /// A bad frame among good ones: none is taken, and the stream goes on as if nothing had happened.
    @Test func aStreamSurvivesABadFrame() throws {
        let codec = try GoldenCodec.speech.load(.native)
        let frames = codec.randomFrames(6, seed: 3)
        var stream = codec.makeStream()
        var samples: [Float] = []
        for (index, frame) in frames.enumerated() {
            #expect(throws: SNACError.self) { try stream.push(contentsOf: [frame, CodeFrame([1, 2, 3])]) }
            #expect(throws: SNACError.self) {
                try stream.push(contentsOf: [frame, CodeFrame([0, 0, 0, 0, 0, 0, 64])])
            }
            #expect(stream.frameCount == index)
            samples += try stream.push(frame)?.samples ?? []
        }
        samples += stream.finish()?.samples ?? []
        #expect(try codec.decode(frames).samples == samples)
    }

    @Test func aFrameOfAnotherWidthIsAnError() throws {
        for model in GoldenCodec.allCases {
            let codec = try model.load(.blas)
            let expected = [GoldenCodec.speech: 7, .attention: 15, .plain: 3][model] ?? 0
            for count in 0...16 where count != expected {
                #expect(throws: SNACError.wrongFrameWidth(expected: expected, found: count)) {
                    try codec.decode([CodeFrame([Int32](repeating: 0, count: count))])
                }
            }
        }
    }

    @Test func listsThatMakeNoWholeFramesAreErrors() throws {
        let codec = try GoldenCodec.speech.load(.blas)
        for counts in [[1, 2, 3], [1, 1, 4], [0, 2, 4], [2, 2, 4], [1, 2], [1, 2, 4, 8], [], [0, 0, 1]] {
            #expect(throws: SNACError.unevenCodes(counts: counts, codesPerFrame: [1, 2, 4])) {
                try codec.decode(counts.map { [Int32](repeating: 0, count: $0) })
            }
        }
    }

    // MARK: Audio

    @Test func soundThatCannotBeEncodedIsAnError() throws {
        let codec = try GoldenCodec.speech.load(.blas)
        #expect(throws: AudioInputError.wrongSampleRate(expected: 24_000, found: 16_000)) {
            try codec.encode(AudioChunk([0], sampleRate: 16_000))
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            #expect(throws: AudioInputError.notFinite(sampleIndex: 1)) {
                try codec.encode(AudioChunk([0, bad, bad], sampleRate: 24_000))
            }
        }
        // Finite, though far too loud: some codes, no trap.
        let loud = AudioChunk([Float](repeating: .greatestFiniteMagnitude, count: 3000), sampleRate: 24_000)
        #expect(try codec.encode(loud).map(\.count) == [2, 4, 8])
    }
}
