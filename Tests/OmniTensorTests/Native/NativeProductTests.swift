import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// What the native engine promises about its products beyond being near the oracle's.
@Suite struct NativeProductTests {
    private func multiply(
        _ x: Tensor<Float>, by matrix: any PackedMatrix, with engine: any ComputeEngine
    ) -> Tensor<Float> {
        var y = Tensor<Float>(repeating: .nan, shape: [x.shape[0], matrix.outputWidth])
        var span = y.mutableSpan
        engine.multiply(RowView(x.span, width: matrix.inputWidth), by: matrix, accumulating: false, into: &span)
        return y
    }

    private func unpacked(_ matrix: any PackedMatrix, by engine: any ComputeEngine) -> Tensor<Float> {
        var weight = Tensor<Float>(zeros: [matrix.outputWidth, matrix.inputWidth])
        var span = weight.mutableSpan
        for row in 0..<matrix.outputWidth {
            var target = span.part(row * matrix.inputWidth..<(row + 1) * matrix.inputWidth)
            engine.unpackRow(row, of: matrix, into: &target)
        }
        return weight
    }

    /// What the largest magnitude of a block of 32 becomes: 127, or with 8-bit weights on AVX2, whose sums have 16
    /// bits, as much as they hold. Two columns side by side are together at most 127, and of half a block columns 0, 1,
    /// 4, 5, 8, 9, 12, 13 at most 254, the others as well.
    private func largestInteger(of block: ArraySlice<Float>, _ variant: NativeVariant) -> Float {
        guard variant.isa == .avx2, variant.precision == .int8 else { return 127 }
        let magnitudes: [Float] = block.map { abs($0) } + [Float](repeating: 0, count: 32 - block.count)
        let pairs: [Float] = (0..<16).map { (i: Int) -> Float in magnitudes[2 * i] + magnitudes[2 * i + 1] }
        let sums: [Float] = [0, 1, 8, 9].map { (i: Int) -> Float in
            let (first, second): (Float, Float) = (pairs[i] + pairs[i + 2], pairs[i + 4])
            return first + second + pairs[i + 6]
        }
        let limit = max(pairs.max() ?? 0, (sums.max() ?? 0) / 2)
        // What a division rounds off must not cost a whole step.
        return max(31, (127 * ((magnitudes.max() ?? 0) / limit) + 0.001).rounded(.down))
    }

    /// Each block of 32 to integers and back, as documented.
    private func rounded(_ x: Tensor<Float>, for variant: NativeVariant) -> Tensor<Float> {
        let width = x.shape[1]
        var result = x.scalars
        for row in 0..<x.shape[0] {
            for start in stride(from: 0, to: width, by: 32) {
                let block = row * width + start..<row * width + min(start + 32, width)
                let largest = result[block].map(abs).max() ?? 0
                let integer = largestInteger(of: result[block], variant)
                for i in block {
                    result[i] = (result[i] * (integer / largest)).rounded(.toNearestOrEven) * (largest / integer)
                }
            }
        }
        return Tensor(result, shape: x.shape)
    }

    /// Nothing is lost but by the rounding of weights and activations: with both taken as rounded, it is the oracle's
    /// product.
    @Test(arguments: NativeVariant.integers, [1, 2, 5, 13, 50])
    func integersAreExact(_ variant: NativeVariant, _ rowCount: Int) throws {
        var noise = Noise(seed: 31)
        for (inputWidth, outputWidth) in [(1, 3), (33, 20), (64, 16), (200, 70), (896, 130)] {
            let weight = noise.tensor([outputWidth, inputWidth], scale: 0.03)
            let x = noise.tensor([rowCount, inputWidth], scale: 4)
            let matrix = try variant.engine.pack(weight, bias: nil, precision: variant.precision)
            let oracle = ReferenceEngine()
            let expected = multiply(
                rounded(x, for: variant),
                by: try oracle.pack(unpacked(matrix, by: variant.engine), bias: nil, precision: .float32), with: oracle)
            let found = multiply(x, by: matrix, with: variant.engine)
            #expect(Tolerance.relativeDifference(found, expected) < 2e-6, "\(inputWidth) → \(outputWidth)")
        }
    }

    /// A product has the same bits alone, among others, and on any number of threads.
    @Test(arguments: NativeVariant.all)
    func aRowDoesNotDependOnItsNeighbours(_ variant: NativeVariant) throws {
        var noise = Noise(seed: 32)
        // With bfloat16 the promise holds up to eight rows.
        let rowCount = variant.precision == .bfloat16 ? 8 : 40
        let weight = noise.tensor([600, 300])
        let bias = noise.tensor([600])
        let x = noise.tensor([rowCount, 300])
        let matrix = try variant.engine.pack(weight, bias: bias, precision: variant.precision)
        let together = multiply(x, by: matrix, with: variant.engine)
        let single = try NativeEngine(threads: 1, isa: variant.isa)
        for row in 0..<rowCount {
            let alone = multiply(x.rows(row..<row + 1), by: matrix, with: variant.engine)
            #expect(alone == together.rows(row..<row + 1))
        }
        #expect(multiply(x, by: matrix, with: single) == together)
    }

    /// Many rounds of working memory, many pieces.
    @Test(arguments: NativeVariant.all.filter { $0.isa == .best })
    func manyRows(_ variant: NativeVariant) throws {
        var noise = Noise(seed: 33)
        let weight = noise.tensor([40, 1100])
        let matrix = try variant.engine.pack(weight, bias: nil, precision: variant.precision)
        // Windows that overlap, so that there are many without much memory.
        let (rowCount, rowStride) = (17_000, 3)
        let x = noise.tensor([(rowCount - 1) * rowStride + 1100])
        var y = Tensor<Float>(repeating: .nan, shape: [rowCount, 40])
        var span = y.mutableSpan
        variant.engine.multiply(
            RowView(x.span, rowCount: rowCount, rowStride: rowStride), by: matrix, accumulating: false, into: &span)
        for row in [0, 1, 11, 12, 239, 240, 7_280, 7_281, 16_999] {
            let window = Tensor(x.scalars[row * rowStride..<row * rowStride + 1100], shape: [1, 1100])
            let alone = multiply(window, by: matrix, with: variant.engine)
            let difference = Tolerance.relativeDifference(y.rows(row..<row + 1), alone)
            #expect(difference <= (variant.precision == .bfloat16 ? Tolerance.product(.bfloat16) : 0), "row \(row)")
        }
    }

    @Test(arguments: NativeVariant.all)
    func whatIsNotANumberShows(_ variant: NativeVariant) throws {
        var noise = Noise(seed: 34)
        let matrix = try variant.engine.pack(
            noise.tensor([20, 100]), bias: nil, precision: variant.precision)
        for rowCount in [1, 12] {
            for (place, bad) in [(0, Float.nan), (40, .nan), (99, .nan), (50, .infinity)] {
                var values = noise.floats(rowCount * 100)
                values[place] = bad
                let y = multiply(Tensor(values, shape: [rowCount, 100]), by: matrix, with: variant.engine)
                let (first, others) = (y.rows(0..<1).scalars, y.rows(1..<rowCount).scalars)
                #expect(first.allSatisfy { !$0.isFinite }, "\(bad) at \(place)")
                #expect(others.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test(arguments: NativeVariant.all)
    func extremeWeights(_ variant: NativeVariant) throws {
        let widths: [Float] = [0, 1e-38, 1e-20, 1, 1e20]
        for scale in widths {
            var noise = Noise(seed: 35)
            let weight = noise.tensor([17, 70], scale: scale)
            let matrix = try variant.engine.pack(weight, bias: nil, precision: variant.precision)
            let back = unpacked(matrix, by: variant.engine)
            // What is too small for a normal scale may be zero.
            let bound = max(Tolerance.packing(variant.precision) * scale, 1e-35)
            #expect(Tolerance.largestDifference(back, weight) <= bound, "\(scale)")
        }
    }

    @Test(arguments: NativeVariant.integers)
    func integersRefuseWhatIsNotFinite(_ variant: NativeVariant) {
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in [0, 31, 32, 99, 16 * 100, 19 * 100 + 99] {
                var values = [Float](repeating: 0.5, count: 2000)
                values[place] = bad
                #expect(throws: ComputeEngineError.weightNotFinite(variant.precision)) {
                    try variant.engine.pack(
                        Tensor(values, shape: [20, 100]), bias: nil, precision: variant.precision)
                }
            }
        }
    }

    /// Each block of 32 to 4 bits and back with the scale that makes its extreme −8.
    private func withScaleOfExtreme(_ block: ArraySlice<Float>) -> [Float] {
        let (least, greatest) = (min(block.min() ?? 0, 0), max(block.max() ?? 0, 0))
        let exact = (greatest > -least ? greatest : least) / -8
        let scale = Float(bitPattern: (exact.bitPattern + 0xffff) & 0xffff_0000)
        return block.map { scale == 0 ? 0 : min(max(($0 / scale).rounded(.toNearestOrEven), -8), 7) * scale }
    }

    /// No block is off by more than with the scale of its extreme, and blocks of noise are off by less. Outliers of
    /// some times the size of the others, with either sign, are what a search could get wrong.
    @Test(arguments: NativeVariant.integers.filter { $0.precision == .int4 }, [0, 1, 2, 4, 10, 1000] as [Float])
    func scalesOfFourBitsAreSearched(_ variant: NativeVariant, _ outlier: Float) throws {
        var noise = Noise(seed: 38)
        let (rowCount, width) = (40, 96)
        var values = noise.floats(rowCount * width)
        for start in stride(from: 0, to: values.count, by: 32) where outlier > 0 {
            values[start + start / 32 * 7 % 32] = start % 64 == 0 ? outlier : -outlier
        }
        let matrix = try variant.engine.pack(
            Tensor(values, shape: [rowCount, width]), bias: nil, precision: variant.precision)
        let back = unpacked(matrix, by: variant.engine).scalars
        var (found, plain) = (0.0, 0.0)
        for start in stride(from: 0, to: values.count, by: 32) {
            let block = values[start..<start + 32]
            var (one, other) = (0.0, 0.0)
            for (i, value) in withScaleOfExtreme(block).enumerated() {
                let searched = Double(values[start + i] - back[start + i])
                let simple = Double(values[start + i] - value)
                one += searched * searched
                other += simple * simple
            }
            #expect(one <= other * (1 + 1e-5), "block \(start / 32)")
            found += one
            plain += other
        }
        if outlier < 4 { #expect(found < 0.96 * plain) }
    }

    /// The layout is the same for every instruction set, so that packed files may be shared between machines.
    @Test(arguments: WeightPrecision.all)
    func everyInstructionSetPacksAlike(_ precision: WeightPrecision) throws {
        var noise = Noise(seed: 36)
        let weight = noise.tensor([50, 150])
        let results = try NativeVariant.float32.map { variant in
            unpacked(try variant.engine.pack(weight, bias: nil, precision: precision), by: variant.engine)
        }
        #expect(results.dropFirst().allSatisfy { $0 == results[0] })
    }
}
