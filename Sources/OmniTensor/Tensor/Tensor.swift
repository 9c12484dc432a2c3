/// An element type that tensors hold: plain bits, no references.
public protocol TensorScalar: BitwiseCopyable, Sendable, Equatable {}

extension Float: TensorScalar {}
extension Int8: TensorScalar {}
extension UInt8: TensorScalar {}
extension UInt16: TensorScalar {}
extension Int32: TensorScalar {}
extension Int64: TensorScalar {}

/// A row-major array of numbers with value semantics.
///
/// Copies share their elements until one of them is written (copy on write). ``rows(_:)`` and ``reshaped(to:)`` are
/// views: they never copy. A tensor read from a mapped file borrows the file's pages; writing to it copies them first.
/// The price: a view of one row keeps all rows alive.
public struct Tensor<Scalar: TensorScalar>: Sendable {
    /// The extents, outermost first.
    public let shape: Shape
    private var storage: TensorStorage<Scalar>
    private var offset: Int

    private init(shape: Shape, storage: TensorStorage<Scalar>, offset: Int) {
        self.shape = shape
        self.storage = storage
        self.offset = offset
    }

    /// A tensor whose every element is `value`.
    public init(repeating value: Scalar, shape: Shape) {
        self.init(shape: shape, storage: TensorStorage(repeating: value, count: shape.elementCount), offset: 0)
    }

    /// Takes the elements in row-major order.
    ///
    /// - Precondition: as many scalars as the shape has elements.
    public init(_ scalars: some Collection<Scalar>, shape: Shape) {
        precondition(scalars.count == shape.elementCount, "\(scalars.count) scalars for a shape of \(shape)")
        self.init(shape: shape, storage: TensorStorage(count: shape.elementCount), offset: 0)
        let target = unsafe UnsafeMutableBufferPointer(start: storage.base, count: shape.elementCount)
        _ = unsafe target.initialize(fromContentsOf: scalars)
    }

    /// Elements that `body` writes to uninitialised memory, all of them.
    @unsafe
    package init(shape: Shape, initializing body: (UnsafeMutableBufferPointer<Scalar>) -> Void) {
        self.init(shape: shape, storage: TensorStorage(count: shape.elementCount), offset: 0)
        unsafe body(UnsafeMutableBufferPointer(start: storage.base, count: shape.elementCount))
    }

    /// Memory that `owner` keeps alive and unchanged, for instance a mapped file. Nothing is copied.
    @unsafe
    package init(borrowing elements: UnsafeBufferPointer<Scalar>, shape: Shape, owner: any AnyObject & Sendable) {
        precondition(elements.count == shape.elementCount, "\(elements.count) scalars for a shape of \(shape)")
        unsafe self.init(shape: shape, storage: TensorStorage(borrowing: elements, owner: owner), offset: 0)
    }

    /// All elements, in row-major order.
    public var span: Span<Scalar> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: UnsafePointer(storage.base) + offset, count: shape.elementCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// All elements, for writing. Copies them first when another tensor or a file shares them.
    public var mutableSpan: MutableSpan<Scalar> {
        @_lifetime(&self)
        mutating get {
            makeUnique()
            let span = unsafe MutableSpan(_unsafeStart: storage.base + offset, count: shape.elementCount)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    private mutating func makeUnique() {
        guard !isKnownUniquelyReferenced(&storage) || !storage.isWritable else { return }
        let copy = TensorStorage<Scalar>(count: shape.elementCount)
        unsafe copy.base.initialize(from: storage.base + offset, count: shape.elementCount)
        storage = copy
        offset = 0
    }

    /// The same elements under another shape.
    ///
    /// - Precondition: the element counts agree.
    public func reshaped(to shape: Shape) -> Tensor {
        precondition(
            shape.elementCount == self.shape.elementCount, "cannot reshape \(self.shape) to \(shape)")
        return Tensor(shape: shape, storage: storage, offset: offset)
    }

    /// A view of some of the outermost rows.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(
            shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
        let rowElementCount = shape[0] == 0 ? 0 : shape.elementCount / shape[0]
        return Tensor(
            shape: Shape([range.count] + shape.dimensions.dropFirst()), storage: storage,
            offset: offset + range.lowerBound * rowElementCount)
    }

    /// For a caller that has copied the elements elsewhere: the pages of a mapped file need not stay in memory. Reading
    /// them again reads the file again.
    func releasePages() { storage.releasePages(offset..<offset + shape.elementCount) }

    /// The elements in row-major order, copied.
    public var scalars: [Scalar] {
        let span = span
        return unsafe Array(unsafeUninitializedCapacity: span.count) { target, count in
            count = unsafe span.withUnsafeBufferPointer { unsafe target.initialize(fromContentsOf: $0) }
        }
    }
}

extension Tensor where Scalar: AdditiveArithmetic {
    /// A tensor of zeros.
    public init(zeros shape: Shape) { self.init(repeating: .zero, shape: shape) }
}

extension Tensor {
    /// A `[rows, columns]` matrix with its dimensions exchanged, copied.
    public func transposed() -> Tensor {
        precondition(shape.rank == 2, "cannot transpose \(shape)")
        let (rowCount, columnCount) = (shape[0], shape[1])
        var result = self.reshaped(to: [columnCount, rowCount])
        let source = span
        var target = result.mutableSpan
        for row in 0..<rowCount {
            for column in 0..<columnCount { target[column * rowCount + row] = source[row * columnCount + column] }
        }
        return result
    }
}

extension Tensor<Float> {
    /// Where the first element is that is infinite or no number; `nil` when all are finite.
    package var firstNonFiniteIndex: Int? {
        let span = span
        // Blocks without a decision inside, which the compiler makes vectors of.
        for start in stride(from: 0, to: span.count, by: 4096) {
            let end = min(start + 4096, span.count)
            var carries: UInt32 = 0
            for index in start..<end {
                // Of exponents, only that of infinities and NaN carries into the sign.
                carries |= (span[index].bitPattern & 0x7f80_0000) &+ 0x0080_0000
            }
            if carries >> 31 != 0 { return (start..<end).first { !span[$0].isFinite } }
        }
        return nil
    }
}

extension Tensor: Equatable {
    public static func == (a: Tensor, b: Tensor) -> Bool {
        guard a.shape == b.shape else { return false }
        let (x, y) = (a.span, b.span)
        return x.indices.allSatisfy { x[$0] == y[$0] }
    }
}

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
    /// The type, the shape and the first elements, as in `Tensor<Float> [2, 3]: 0.1, 0.2, 0.3, 0.4, 0.5, 0.6`.
    public var description: String {
        let shownCount = 8
        let elements = (0..<min(shape.elementCount, shownCount)).map { "\(span[$0])" }.joined(separator: ", ")
        return "Tensor<\(Scalar.self)> \(shape): \(elements)\(shape.elementCount > shownCount ? ", …" : "")"
    }

    public var debugDescription: String { description }
}
