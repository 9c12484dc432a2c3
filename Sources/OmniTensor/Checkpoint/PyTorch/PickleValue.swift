/// A value on the stack of a ``PickleMachine``.
///
/// Containers are numbers of places in the machine's ``PickleHeap``, not references: a pickle may build a list that
/// holds itself or a tuple a million levels deep, and neither must leak nor overflow the stack when it is let go.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// Something that may be in a file but that a checkpoint has no use for, such as a run of bytes.
    case ignored
    /// An object of a class that has nothing to do with weights, by the name of its class, or that class or a function.
    /// It is a place-holder: whatever is done to it changes nothing.
    case foreign(String)
    /// A tensor whose elements cannot be read, and why.
    case unreadableTensor(String)
    /// A tuple or list: its place among the heap's sequences.
    case sequence(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)

    /// Whether it stands for something that is not kept, so that what is put into it is not kept either.
    var isPlaceHolder: Bool {
        switch self {
        case .ignored, .foreign: true
        default: false
        }
    }
}
