"""How clients come back: one record for each, of what they tried, how long they waited and what they missed."""
