import Synchronization

/// A place in the tree of a checkpoint's names, as a directory is in a file system.
///
/// A model goes down with ``scope(_:)-(String)`` and each layer asks for its tensors by the last part of their names,
/// with the shape it needs: the name stands next to the layer that uses it. Everything read through a scope, or through
/// a scope made from it, is noted, so that ``requireAllRead(within:ignoring:)`` can name the tensors that no layer
/// read.
public struct WeightScope: Sendable {
    let source: any TensorSource
    private let entries: [String: TensorInfo]
    private let prefix: String
    private let ledger: Ledger
    /// Whether what is read here becomes part of a packed matrix.
    private var feedsMatrix = false

    private final class Ledger: Sendable {
        struct Notes {
            /// Tensors that were read.
            var names: Set<String> = []
            /// Those of them that the model uses as they are.
            var plainNames: Set<String> = []
            /// Matrices that were packed, or found packed.
            var matrices: [String: any PackedMatrix] = [:]
        }
        let notes = Mutex(Notes())
    }

    /// The root of a checkpoint.
    public init(_ source: any TensorSource) {
        self.source = source
        entries = source.entries
        prefix = ""
        ledger = Ledger()
    }

    private init(_ parent: WeightScope, prefix: String) {
        source = parent.source
        entries = parent.entries
        self.prefix = prefix
        ledger = parent.ledger
        feedsMatrix = parent.feedsMatrix
    }

    /// This scope, for reading what a matrix is made of.
    var standIn: WeightScope {
        var scope = self
        scope.feedsMatrix = true
        return scope
    }

    /// One level down; dots in `name` go down several.
    public func scope(_ name: String) -> WeightScope { WeightScope(self, prefix: prefix + name + ".") }

    /// The scope of a model's weights: this one, or the dictionaries that training programs put them into.
    ///
    /// - Parameter part: a part that the model always has, or a tensor.
    package func unwrapped(having part: String) -> WeightScope {
        wrapper(of: part).map { WeightScope(self, prefix: prefix + $0) } ?? self
    }

    /// What stands before the names of a model's weights in this scope, with its last dot; `nil` when there is no such
    /// part.
    package func wrapper(of part: String) -> String? {
        let unreadable = (source as? any AnnotatedTensorSource)?.unreadableTensors ?? []
        return WrappedNames.wrapper(of: prefix + part, in: entries.keys, behind: prefix)
            ?? WrappedNames.wrapper(of: prefix + part, in: unreadable, behind: prefix)
    }

    /// One level down a numbered list, as in `h.0`.
    public func scope(_ index: Int) -> WeightScope { scope(String(index)) }

    /// The file that the tensors come from, for messages.
    public var file: String { source.file }

    /// The full dotted path of `name` in this scope.
    public func path(of name: String) -> String { prefix + name }

    /// Whether this scope has a tensor of that name.
    public func contains(_ name: String) -> Bool { entries[prefix + name] != nil }
    /// Whether the file has something under that name that cannot be read as a tensor; to read it is an error that
    /// says why.
    package func isUnreadable(_ name: String) -> Bool {
        (source as? any AnnotatedTensorSource)?.obstacle(to: prefix + name) != nil
    }
    /// The shape and scalar type of a tensor, without reading it; `nil` when there is none.
    public func info(_ name: String) -> TensorInfo? { entries[prefix + name] }

    /// The tensor `name` of this scope as floats.
    ///
    /// - Throws: ``CheckpointError`` with the full path and both shapes when it is missing or has another shape;
    ///   ``CheckpointError/Code/scalarTypeMismatch`` when it holds integers or booleans;
    ///   ``CheckpointError/Code/malformed`` when it is small, or not stored as 32-bit floats, and an element is
    ///   infinite or no number.
    public func tensor(_ name: String, _ shape: Shape) throws(CheckpointError) -> Tensor<Float> {
        let path = prefix + name
        guard let info = entries[path] else {
            let obstacle = (source as? any AnnotatedTensorSource)?.obstacle(to: path)
            throw CheckpointError(
                .missingTensor, file: source.file, tensor: path,
                reason: "a tensor of shape \(shape) is missing" + (obstacle.map { ": \($0)" } ?? ""))
        }
        guard info.shape == shape else {
            throw CheckpointError(
                .shapeMismatch, file: source.file, tensor: path,
                reason: "the shape must be \(shape) but is \(info.shape)")
        }
        guard info.scalarType.isFloat else {
            throw CheckpointError(
                .scalarTypeMismatch, file: source.file, tensor: path,
                reason: "the elements must be floats (F64, F32, F16 or BF16) but are \(info.scalarType.rawValue)")
        }
        ledger.notes.withLock { notes in
            notes.names.insert(path)
            if !feedsMatrix { notes.plainNames.insert(path) }
        }
        let tensor = try source.floats(path)
        if info.scalarType != .float32 || shape.elementCount <= Self.smallElementCount {
            try requireFinite(tensor, path)
        }
        return tensor
    }

    /// Elements of a tensor that is so small that to read it costs nothing.
    private static let smallElementCount = 1 << 16

    /// Refuses elements that are infinite or no numbers, with which a model computes nothing.
    ///
    /// Loading asks for that where it reads the elements anyway: of small tensors, of those that it converts, and of
    /// matrices that are packed as integers, whose elements the engine looks at. Large tensors of 32-bit floats that
    /// stay floats are left in the file; to read them through would make loading a mapped model many times slower.
    func requireFinite(_ tensor: Tensor<Float>, _ path: String) throws(CheckpointError) {
        guard let index = tensor.firstNonFiniteIndex else { return }
        throw CheckpointError(
            .malformed, file: source.file, tensor: path,
            reason: "element \(index) is \(tensor.span[index]), not a finite number")
    }

    /// The tensor `name` of this scope, or `nil` when there is none; a tensor of another shape is an error all the
    /// same.
    public func tensorIfPresent(_ name: String, _ shape: Shape) throws(CheckpointError) -> Tensor<Float>? {
        contains(name) ? try tensor(name, shape) : nil
    }

    /// Notes that a matrix was made, or found, under its full name.
    func note(_ path: String, _ matrix: any PackedMatrix) {
        ledger.notes.withLock { notes in
            notes.names.insert(path)
            notes.matrices[path] = matrix
        }
    }

    /// The matrices of the model that was made from this scope or one that it leads to, by their full names.
    package var packedMatrices: [String: any PackedMatrix] { ledger.notes.withLock { $0.matrices } }
    /// The full names of the tensors that the model uses as they are.
    package var plainNames: [String] { ledger.notes.withLock { $0.plainNames.sorted() } }
    /// The tensor of a full name.
    func root(_ path: String) throws(CheckpointError) -> Tensor<Float> { try source.floats(path) }

    /// Full names, sorted, of the tensors in this scope that no layer has read, whatever the type of their elements.
    package var unreadNames: [String] {
        let read = ledger.notes.withLock { $0.names }
        let annotated = source as? any AnnotatedTensorSource
        let readable = entries.keys.filter { !read.contains($0) && !(annotated?.isDispensable($0) ?? false) }
        return (readable + (annotated?.unreadableTensors ?? [])).filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// Makes sure that every tensor of this scope was read, or every one of the model's own.
    ///
    /// - Parameters:
    ///   - parts: the first parts of the model's own names, where the file may hold other things beside them, such as
    ///     the state of an optimizer; `nil` when the scope has nothing but the model's.
    ///   - isExpected: says of a full name that it may stay unread.
    /// - Throws: ``CheckpointError/Code/unusedTensors`` with the first names.
    public func requireAllRead(
        within parts: Set<String>? = nil, ignoring isExpected: (String) -> Bool = { _ in false }
    ) throws(CheckpointError) {
        let unread = unreadNames.filter { name in
            let part = name.dropFirst(prefix.count).prefix { $0 != "." }
            return (parts?.contains(String(part)) ?? true) && !isExpected(name)
        }
        guard let first = unread.first else { return }
        let listed = unread.prefix(5).joined(separator: ", ") + (unread.count > 5 ? ", …" : "")
        throw CheckpointError(
            .unusedTensors, file: source.file, tensor: first,
            reason: "the model has no use for \(unread.count) tensor\(unread.count == 1 ? "" : "s"): \(listed)")
    }
}
