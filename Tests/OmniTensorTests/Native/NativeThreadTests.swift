import OmniTensor
import OmniTesting
import Testing

/// Threads: many callers, many engines, all of them gone in the end.
@Suite struct NativeThreadTests {
    @Test func severalCallersShareOneEngine() async throws {
        var noise = Noise(seed: 41)
        let engine = try NativeEngine(threads: 4)
        let matrix = try engine.pack(noise.tensor([2048, 256]), bias: nil, precision: .int8)
        let x = noise.tensor([3, 256])
        let geometry = AttentionGeometry.dense(queryCount: 60, keyCount: 60, headCount: 4, headWidth: 32)
        let q = noise.tensor([60, 128])
        @Sendable func compute() -> (Tensor<Float>, Tensor<Float>) {
            var y = Tensor<Float>(zeros: [3, 2048])
            var span = y.mutableSpan
            engine.multiply(RowView(x.span, width: 256), by: matrix, accumulating: false, into: &span)
            var z = Tensor<Float>(zeros: [60, 128])
            var attended = z.mutableSpan
            engine.attend(q.span, keys: q.span, values: q.span, geometry, into: &attended)
            return (y, z)
        }
        let expected = compute()
        await withTaskGroup { group in
            for _ in 0..<6 {
                group.addTask { (0..<60).allSatisfy { _ in compute() == expected } }
            }
            for await allEqual in group { #expect(allEqual) }
        }
    }

    @Test func enginesComeAndGo() throws {
        var noise = Noise(seed: 42)
        let weight = noise.tensor([512, 600])
        let x = noise.tensor([1, 600])
        for threadCount in [1, 2, 3, 5, 2, 3] {
            for _ in 0..<10 {
                let engine = try NativeEngine(threads: threadCount)
                #expect(engine.threadCount == threadCount)
                let matrix = try engine.pack(weight, bias: nil, precision: .float32)
                var y = Tensor<Float>(zeros: [1, 512])
                var span = y.mutableSpan
                engine.multiply(RowView(x.span, width: 600), by: matrix, accumulating: false, into: &span)
                #expect(y.scalars.allSatisfy { $0 != 0 })
            }
        }
    }

    /// A matrix outlives its engine, and another one may multiply by it.
    @Test func weightsOutliveTheirEngine() throws {
        var noise = Noise(seed: 43)
        let weight = noise.tensor([40, 90])
        func pack() throws -> any PackedMatrix {
            try NativeEngine(threads: 2).pack(weight, bias: nil, precision: .float32)
        }
        let matrix = try pack()
        var row = [Float](repeating: 0, count: 90)
        var span = row.mutableSpan
        try NativeEngine(threads: 1).unpackRow(39, of: matrix, into: &span)
        #expect(row == weight.rows(39..<40).scalars)
    }

    @Test func anInstructionSetThatIsNotThereIsAnError() {
        for isa in InstructionSet.allCases where !InstructionSet.available.contains(isa) {
            let expected = ComputeEngineError.unavailableInstructionSet(
                isa.rawValue, available: InstructionSet.available)
            #expect(throws: expected) { try NativeEngine(isa: isa) }
        }
    }

    /// A caller with a reserved thread computes the same while other callers go on, on one thread as well as on
    /// several.
    @Test(arguments: [1, 2, 3]) func aReservedThreadComputesTheSame(threadCount: Int) async throws {
        var noise = Noise(seed: 44)
        let engine = try NativeEngine(threads: threadCount)
        #expect(engine.canReserveThread == (threadCount > 1))
        let matrix = try engine.pack(noise.tensor([2048, 256]), bias: nil, precision: .int8)
        let x = noise.tensor([3, 256])
        @Sendable func product() -> Tensor<Float> {
            var y = Tensor<Float>(zeros: [3, 2048])
            var span = y.mutableSpan
            engine.multiply(RowView(x.span, width: 256), by: matrix, accumulating: false, into: &span)
            return y
        }
        @Sendable func productOnReservedThread() -> Tensor<Float> {
            var y = Tensor<Float>(zeros: [0])
            engine.withReservedThread { y = product() }
            return y
        }
        let expected = product()
        await withTaskGroup { group in
            for _ in 0..<2 { group.addTask { (0..<100).allSatisfy { _ in product() == expected } } }
            for _ in 0..<2 { group.addTask { (0..<100).allSatisfy { _ in productOnReservedThread() == expected } } }
            for await allEqual in group { #expect(allEqual) }
        }
    }

    @Test func anEngineWithoutThreadsOfItsOwnReservesNone() {
        var count = 0
        BLASEngine().withReservedThread { count += 1 }
        #expect(count == 1 && !BLASEngine().canReserveThread && !ReferenceEngine().canReserveThread)
    }

    @Test func emptyCallsDoNothing() throws {
        let engine = try NativeEngine(threads: 2)
        let matrix = try engine.pack(Tensor(zeros: [3, 4]), bias: nil, precision: .int8)
        var nothing: [Float] = []
        var span = nothing.mutableSpan
        let empty: [Float] = []
        engine.multiply(RowView(empty.span, width: 4), by: matrix, accumulating: false, into: &span)
        engine.activate(&span, .gelu)
        engine.softmax(&span, width: 5)
        engine.add(empty.span, to: &span)
        #expect(nothing.isEmpty)
    }

    /// Counts that no machine has are errors, before anything is allocated for them.
    @Test(arguments: [0, -1, 1025, 20_000, Int.max, Int.min]) func aNumberOfThreadsBeyondTheLimits(threadCount: Int) {
        let expected = ComputeEngineError.unusableThreadCount(threadCount, possible: 1...1024)
        #expect(throws: expected) { try NativeEngine(threads: threadCount) }
    }
}
