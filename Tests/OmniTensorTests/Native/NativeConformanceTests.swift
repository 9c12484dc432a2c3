import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// The conformance suite on every instruction set that this machine has.
@Suite struct NativeConformanceTests {
    @Test func everyInstructionSetIsExamined() {
        #expect(NativeVariant.float32.map(\.isa) == InstructionSet.available)
        #expect(InstructionSet.available.contains(.scalar) && InstructionSet.available.contains(.best))
    }

    @Test(arguments: NativeVariant.all, EngineConformance.productCases)
    func product(_ variant: NativeVariant, _ test: EngineConformance.ProductCase) throws {
        let conformance = EngineConformance(variant.engine, precision: variant.precision)
        #expect(try conformance.product(test) < Tolerance.product(variant.precision))
    }

    @Test(arguments: NativeVariant.all)
    func packing(_ variant: NativeVariant) throws {
        let conformance = EngineConformance(variant.engine, precision: variant.precision)
        #expect(try conformance.packing() <= Tolerance.packing(variant.precision))
    }

    /// Wide rows are added up in parts.
    @Test(arguments: NativeVariant.all, [7, 64, 129, 1100])
    func rowsAlike(_ variant: NativeVariant, _ inputWidth: Int) throws {
        #expect(variant.engine.multipliesRowsAlike(variant.precision) == (variant.precision != .bfloat16))
        guard variant.precision != .bfloat16 else { return }
        let conformance = EngineConformance(variant.engine, precision: variant.precision)
        #expect(try conformance.rowsAlike(inputWidth: inputWidth) == 0)
    }

    @Test(arguments: NativeVariant.float32, EngineConformance.attentionCases)
    func attention(_ variant: NativeVariant, _ test: EngineConformance.AttentionCase) {
        #expect(EngineConformance(variant.engine).attention(test) < 2e-6)
        #expect(EngineConformance(variant.engine).attention(test, isNarrow: true) < 2e-6)
    }

    @Test(arguments: NativeVariant.float32, EngineConformance.operationNames)
    func operation(_ variant: NativeVariant, _ name: String) {
        let conformance = EngineConformance(variant.engine)
        // The last is large enough to be shared between threads.
        for (rowCount, width) in [(1, 1), (3, 17), (5, 96), (1, 16), (700, 100)] {
            #expect(conformance.operation(name, rowCount: rowCount, width: width) < 2e-6, "\(rowCount) × \(width)")
        }
    }
}
