"""How fast a long worklist opens, alone and among millions of closed tasks."""
